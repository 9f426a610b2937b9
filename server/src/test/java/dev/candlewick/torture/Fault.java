package dev.candlewick.torture;

import dev.candlewick.server.ServerProcess;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/** What is done to the server, the database or the line between them. */
enum Fault {
  /** kill -9 of the server. */
  KILL_SERVER(5_000, 0) {
    @Override
    void begin(Stage stage) {
      stage.server().kill();
    }

    @Override
    void end(Stage stage) {
      stage.startServer();
    }
  },

  /** SIGTERM to the server: it must drain and end with 0. */
  STOP_SERVER(3_000, 0) {
    @Override
    void begin(Stage stage) {
      stage.server().terminate();
      int code = stage.server().awaitExit(Duration.ofSeconds(26));
      if (code != 0) {
        stage.wrong("the server ended with " + code + " after SIGTERM");
      }
    }

    @Override
    void end(Stage stage) {
      stage.startServer();
    }
  },

  /** SIGSTOP of the server: its clients wait, the database's timeouts go on. */
  FREEZE_SERVER(2_000, 60_000) {
    @Override
    void begin(Stage stage) {
      stage.server().freeze();
    }

    @Override
    void end(Stage stage) {
      stage.server().thaw();
    }
  },

  /** kill -9 of PostgreSQL's first process. */
  KILL_DATABASE(3_000, 2_000) {
    @Override
    void begin(Stage stage) {
      stage.cluster().kill();
    }

    @Override
    void end(Stage stage) {
      stage.cluster().start();
    }
  },

  /** PostgreSQL is stopped and started by its operator. */
  RESTART_DATABASE(3_000, 2_000) {
    @Override
    void begin(Stage stage) {
      stage.cluster().stop();
    }

    @Override
    void end(Stage stage) {
      stage.cluster().start();
    }
  },

  /** SIGSTOP of all of PostgreSQL: connections stay, nothing answers. */
  FREEZE_DATABASE(2_000, 20_000) {
    @Override
    void begin(Stage stage) {
      stage.cluster().freeze();
    }

    @Override
    void end(Stage stage) {
      stage.cluster().thaw();
    }
  },

  /** The line swallows everything, and what was open then stays silent for ever. */
  SILENCE_DATABASE(2_000, 20_000) {
    @Override
    void begin(Stage stage) {
      stage.proxy().silent(true);
    }

    @Override
    void end(Stage stage) {
      stage.proxy().silent(false);
    }
  },

  /** One megabit a second, and 200 ms later. */
  SLOW_DATABASE(2_000, 10_000) {
    @Override
    void begin(Stage stage) {
      stage.proxy().slow(125_000, Duration.ofMillis(200));
    }

    @Override
    void end(Stage stage) {
      stage.proxy().fast();
    }
  },

  /** No room for one more page of a table. */
  FILL_DISK(2_000, 10_000) {
    @Override
    void begin(Stage stage) {
      stage.cluster().fillDisk();
      ServerProcess.await(
          word(),
          Duration.ofSeconds(30),
          () -> stage.server().get("/readyz").body().contains("SQLSTATE 53100"));
    }

    @Override
    void end(Stage stage) {
      stage.cluster().freeDisk();
    }
  },

  /** kill -9 of the Kafka broker that the messages come from. */
  KILL_BROKER(2_000, 3_000) {
    @Override
    void begin(Stage stage) {
      stage.broker().kill();
    }

    @Override
    void end(Stage stage) {
      stage.broker().start();
    }
  },

  /** SIGSTOP of the broker; when it wakes, everyone's session has run out. */
  FREEZE_BROKER(2_000, 8_000) {
    @Override
    void begin(Stage stage) {
      stage.broker().freeze();
    }

    @Override
    void end(Stage stage) {
      stage.broker().thaw();
    }
  },

  /** Another member joins the group, which takes partitions away, and leaves it again. */
  REBALANCE(2_000, 2_000) {
    @Override
    void begin(Stage stage) {
      stage.join();
    }

    @Override
    void end(Stage stage) {
      stage.leave();
    }
  },

  /** Every connection to the database is cut. */
  CUT_CONNECTIONS(1_000, 0) {
    @Override
    void begin(Stage stage) {
      stage.proxy().cut();
    }
  },

  /** The backend is ended while it takes a COPY. */
  END_IN_COPY(500, 0) {
    @Override
    void begin(Stage stage) {
      stage.proxy().endInCopy(1);
      stage.awaitHit(this);
    }
  },

  /** The backend is ended while it commits. */
  END_AT_COMMIT(500, 0) {
    @Override
    void begin(Stage stage) {
      stage.proxy().endAtCommit(1);
      stage.awaitHit(this);
    }
  },

  /** The database has committed, its reply is swallowed, the connection is cut. */
  LOSE_COMMIT(200, 0) {
    @Override
    void begin(Stage stage) {
      stage.proxy().loseCommits(1);
      stage.awaitHit(this);
    }
  };

  /** Only with messages from Kafka. */
  static final Set<Fault> OF_KAFKA = EnumSet.of(KILL_BROKER, FREEZE_BROKER, REBALANCE);

  private final int longestPause;
  private final int longestHold;

  /** The pause before it and how long it is held are drawn from 0 to so many milliseconds. */
  Fault(int longestPause, int longestHold) {
    this.longestPause = longestPause;
    this.longestHold = longestHold;
  }

  abstract void begin(Stage stage);

  void end(Stage stage) {}

  final void pause(Random random, int atMost) {
    ServerProcess.sleep(random.nextInt(Math.min(longestPause, atMost) + 1));
  }

  /** Holds it; returns for how long, in milliseconds. */
  final int hold(Random random, int atMost) {
    int millis = random.nextInt(Math.min(longestHold, atMost) + 1);
    ServerProcess.sleep(millis);
    return millis;
  }

  /** As it is asked for and told: {@code kill-server}. */
  final String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
