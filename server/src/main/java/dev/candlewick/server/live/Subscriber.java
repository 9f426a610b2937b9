package dev.candlewick.server.live;

import java.util.List;

/** Receives the rows of a group; called on the groups' context. */
public interface Subscriber<T> {
  /** The initial state, ascending; every later change comes as an {@link #update}. */
  void snapshot(List<T> rows);

  void update(List<T> rows);

  /** There is no snapshot and there will be no update. */
  void refused(Throwable why);

  /** Changes were missed for good; there will be no further update. */
  void lost();
}
