package dev.candlewick.server.live;

/** The subscribers of one instrument's rows of one sort, who share the reading of what changes. */
interface Group<T> {
  /** Reads the state and from then on tells what changes. */
  void join(Subscriber<T> subscriber, Start start);

  void leave(Subscriber<T> subscriber);

  boolean isEmpty();

  /** Rows were committed; nothing if they are none of the group's. */
  void changed(Change change);

  /** Tells every subscriber that the thread is lost. */
  void lose();
}
