package dev.candlewick.server;

import dev.candlewick.client.DemoFeed;
import dev.candlewick.client.IngestException;
import dev.candlewick.client.SimulatedMarket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code simulate}: only the demo's market, sent to a server that runs elsewhere. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = "Sends the demo's simulated market to a running server until Ctrl-C.",
    footer = {"", "The API key is read from the environment variable CANDLEWICK_API_KEY."})
final class SimulateCommand implements Callable<Integer> {
  private static final Duration BACKFILL = Duration.ofHours(3);

  @Option(
      names = "--url",
      defaultValue = "ws://127.0.0.1:8080/v1/ingest",
      description = "the server's ingest address (default ${DEFAULT-VALUE})")
  private URI url = URI.create("");

  @Option(
      names = "--rate",
      defaultValue = "5",
      description = "trades a second, 1-1000 (default ${DEFAULT-VALUE})")
  private double rate;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "the same seed is the same market (default ${DEFAULT-VALUE})")
  private long seed;

  @Override
  public Integer call() throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    try (DemoFeed feed =
        DemoFeed.start(
            url, ServerConfig.clientApiKey(), new SimulatedMarket(seed, rate), BACKFILL)) {
      StopSignal.onFirst(stopped::countDown);
      stopped.await();
      return 0;
    } catch (IngestException e) {
      System.err.println("candlewick: the simulated market cannot connect: " + e.getMessage());
      return 1;
    }
  }
}
