package dev.candlewick.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Clients working at the same time, one thread each. */
final class Clients {
  private Clients() {}

  /** What one client does. */
  interface Work {
    void run(int client) throws Exception;
  }

  /**
   * Runs the clients until the last is done.
   *
   * @return seconds it took
   * @throws ExecutionException the first failure of a client, when all have ended
   */
  static double runAll(int clients, Work work) throws ExecutionException, InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      long start = System.nanoTime();
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        int client = i;
        running.add(
            threads.submit(
                () -> {
                  work.run(client);
                  return null;
                }));
      }
      for (Future<?> client : running) {
        client.get();
      }
      return (System.nanoTime() - start) / 1e9;
    } finally {
      threads.shutdownNow();
    }
  }
}
