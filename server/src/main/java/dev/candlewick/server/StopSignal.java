package dev.candlewick.server;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * SIGTERM and Ctrl-C: the first starts an orderly stop, a second one ends the process at once.
 * Handled here rather than with a shutdown hook, because hooks exit with 143 and do not see a
 * second signal.
 */
final class StopSignal {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);
  private static final int SIGNALLED = 128;

  private StopSignal() {}

  /** Runs {@code stop} on its own thread when the first signal arrives. */
  static void onFirst(Runnable stop) {
    AtomicBoolean stopping = new AtomicBoolean();
    for (String name : new String[] {"TERM", "INT"}) {
      Signal.handle(
          new Signal(name),
          signal -> {
            if (stopping.compareAndSet(false, true)) {
              new Thread(stop, "candlewick-stop").start();
            } else {
              LOG.warn("a second SIG{}: ending at once; what was not acked is not written", name);
              Runtime.getRuntime().halt(SIGNALLED + signal.getNumber());
            }
          });
    }
  }
}
