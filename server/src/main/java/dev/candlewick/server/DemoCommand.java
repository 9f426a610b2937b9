package dev.candlewick.server;

import dev.candlewick.client.DemoBot;
import dev.candlewick.client.DemoFeed;
import dev.candlewick.client.IngestException;
import dev.candlewick.client.SimulatedMarket;
import dev.candlewick.server.Migrator.UnsuitableException;
import dev.candlewick.server.ServerConfig.InvalidException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code demo}: a database, the server and a simulated market in one; Ctrl-C stops everything. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Runs everything on this machine: a TimescaleDB of its own, the server on loopback, and a"
            + " simulated market of four instruments with a bot that trades on it. Nothing expires,"
            + " so recorded data can be replayed into it. Ctrl-C stops what it started; the data"
            + " stays for the next time.")
final class DemoCommand implements Callable<Integer> {
  /** A longer history fills more of the charts; each hour is about 18,000 trades. */
  private static final Duration BACKFILL = Duration.ofHours(3);

  @Option(
      names = "--rate",
      defaultValue = "5",
      description = "simulated trades a second, 1-1000 (default ${DEFAULT-VALUE})")
  private double rate;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "the same seed is the same market (default ${DEFAULT-VALUE})")
  private long seed;

  @Override
  public Integer call() throws InterruptedException {
    try (Parts parts = new Parts()) {
      StopSignal.onFirst(parts::close);
      Map<String, String> defaults = new HashMap<>();
      if (!ServerConfig.namesDatabase()) {
        System.err.println("Starting a TimescaleDB; the first time takes about 10 s ...");
        parts.database = LocalDatabase.start();
        defaults.put("CANDLEWICK_DB_URL", parts.database.url().withPassword());
      }
      defaults.put("CANDLEWICK_RETENTION_TRADES", "none");
      defaults.put("CANDLEWICK_RETENTION_QUOTES", "none");
      Server server = new Server(ServerConfig.fromEnvironment(defaults));
      parts.server = server;
      server.start();
      server.awaitMigration();
      parts.feed =
          DemoFeed.start(
              URI.create(server.url().replaceFirst("http", "ws") + "/v1/ingest"),
              null,
              new SimulatedMarket(seed, rate),
              BACKFILL);
      parts.bot = DemoBot.start(URI.create(server.url()), null);
      tell(server.url());
      return server.awaitStop();
    } catch (InvalidException | UnsuitableException | ServerException e) {
      System.err.println("candlewick: " + e.getMessage());
      return 2;
    } catch (IngestException e) {
      System.err.println("candlewick: the simulated market cannot connect: " + e.getMessage());
      return 1;
    }
  }

  private static void tell(String url) {
    System.out.printf(
        """

        Candlewick runs. Open %1$s/ in a browser, or ask for candles that grow:

          curl '%1$s/v1/candles?venue=demo&symbol=BTC-USD&timeframe=1m&limit=5'

        or for what a simulated bot does:

          curl '%1$s/v1/records/journal?limit=5'
          curl '%1$s/v1/performance?by=regime'

        Ctrl-C stops everything.
        %n\
        """,
        url);
  }

  /** Everything that was started, closed once in reverse order, by whoever gets there first. */
  private static final class Parts implements AutoCloseable {
    private volatile @Nullable LocalDatabase database;
    private volatile @Nullable Server server;
    private volatile @Nullable DemoFeed feed;
    private volatile @Nullable DemoBot bot;
    private boolean closed;

    @Override
    public synchronized void close() {
      if (closed) {
        return;
      }
      closed = true;
      if (bot != null) {
        bot.close();
      }
      if (feed != null) {
        feed.close();
      }
      if (server != null) {
        server.stop();
      }
      if (database != null) {
        database.close();
      }
    }
  }
}
