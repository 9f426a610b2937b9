package dev.candlewick.server.live;

import java.util.List;

/** Who is told the rows of a group; called on the groups' context. */
public interface Subscriber<T> {
  /** The state at first, ascending; every change after it comes as an {@link #update}. */
  void snapshot(List<T> rows);

  void update(List<T> rows);

  /** There is no snapshot and there will be no update. */
  void refused(Throwable why);

  /** What was missed cannot be made up for; there will be no further update. */
  void lost();
}
