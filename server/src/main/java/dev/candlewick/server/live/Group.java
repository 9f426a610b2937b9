package dev.candlewick.server.live;

/** The subscribers to one instrument's rows of one type, who share the reading of changes. */
interface Group<T> {
  /** Reads the state and from then on sends changes. */
  void join(Subscriber<T> subscriber, Start start);

  void leave(Subscriber<T> subscriber);

  boolean isEmpty();

  /** Rows were committed; ignored if they are not the group's. */
  void changed(Change change);

  /** Tells every subscriber that changes were missed. */
  void lose();
}
