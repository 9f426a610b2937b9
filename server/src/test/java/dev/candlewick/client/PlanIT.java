package dev.candlewick.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The databases of three bots, in SQLite, brought in whole by the plans that come with it. */
class PlanIT {
  private static RunningServer server;

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void start() throws InterruptedException {
    server = RunningServer.with(Map.of());
    awaitKinds();
    TestDatabase.shared()
        .execute("truncate ingest.streams, ingest.dirty, market.candles_1m, market.candles_native");
  }

  /** A server makes its kinds by itself, soon after it has started. */
  private static void awaitKinds() throws InterruptedException {
    try (Stream<Path> files = Files.list(Path.of("..", "sql", "kinds"))) {
      long kinds = files.filter(path -> path.toString().endsWith(".json")).count();
      for (int i = 0; made() < kinds && i < 600; i++) {
        Thread.sleep(50);
      }
      assertThat(made()).isGreaterThanOrEqualTo(kinds);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long made() {
    return TestDatabase.shared().number("select count(*) from ingest.kinds");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private Path database(String name) throws IOException, SQLException {
    Path file = folder.resolve(name + ".sqlite");
    try (InputStream sql = PlanIT.class.getResourceAsStream("/plans/" + name + ".sql");
        Connection made = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = made.createStatement()) {
      for (String one : new String(sql.readAllBytes(), StandardCharsets.UTF_8).split(";\\s*\n")) {
        if (!one.isBlank()) {
          statement.execute(one);
        }
      }
    }
    return file;
  }

  private int imports(String... args) {
    String url = server.url().replace("http", "ws") + "/v1/ingest";
    CommandLine line =
        new CommandLine(new ImportCommand(null))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    String[] all = Arrays.copyOf(args, args.length + 2);
    all[args.length] = "--url";
    all[args.length + 1] = url;
    return line.execute(all);
  }

  private String get(String path) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(server.url() + path)).build(),
            BodyHandlers.ofString())
        .body();
  }

  @Test
  void bringsInTheDatabaseOfBotsInContainers() throws Exception {
    Path file = database("container-bots");
    assertThat(imports("--plan", "container-bots", file.toString(), "--verify"))
        .as("%s%s", out, err)
        .isZero();
    assertThat(get("/v1/records/fills?bot=trader-btc-binance-1h&from=2024-01-01"))
        .contains("\"fill_id\":\"1\"", "\"order_id\":\"o-1\"", "\"quantity\":0.2")
        .doesNotContain("o-2");
    assertThat(get("/v1/records/orders?bot=trader-btc-binance-1h&latest=true"))
        .contains("\"status\":\"filled\"", "\"status\":\"cancelled\"")
        .doesNotContain("partially_filled");
    assertThat(get("/v1/records/signals?bot=trader-btc-binance-1h&from=2024-01-01"))
        .contains("\"executed\":true", "\"trade_id\":\"1\"", "\"indicators\":{");
    assertThat(
            get("/v1/candles?venue=binance&symbol=BTC/USDT&timeframe=1h&from=2024-01-01&limit=9"))
        .contains("\"ts\":1704067200000,\"open\":42283.58", "\"ts\":1704070800000");
    assertThat(get("/v1/quotes?venue=binance&symbol=BTC/USDT&from=2024-01-01"))
        .contains("42283.55");

    assertThat(imports("--plan", "container-bots", file.toString())).isZero();
    assertThat(out.toString()).endsWith("sent 0 rows, committed 0, duplicates 0, rejected 0\n");
  }

  @Test
  void bringsInTheUnifiedDatabase() throws Exception {
    assertThat(imports("--plan", "unified-bots", database("unified-bots").toString(), "--verify"))
        .as("%s%s", out, err)
        .isZero();
    assertThat(get("/v1/records/journal?bot=momentum_001&from=2025-10-01"))
        .contains("\"trade_id\":\"momentum_001_BTCUSDT_1\"", "\"venue\":\"bybit\"", "trending_up");
    assertThat(get("/v1/records/positions?bot=momentum_001&from=2025-10-01"))
        .contains("\"entry_trade_ids\":[\"momentum_001_BTCUSDT_1\"]");
    assertThat(get("/v1/records/orders?bot=momentum_001&from=2025-10-01"))
        .contains("110200.00000001");
    assertThat(get("/v1/records/events?bot=system&from=2025-10-01")).contains("BOT_START");
  }

  @Test
  void bringsInTheTradeJournal() throws Exception {
    assertThat(imports("--plan", "trade-journal", database("trade-journal").toString(), "--verify"))
        .as("%s%s", out, err)
        .isZero();
    assertThat(get("/v1/records/journal?bot=apex-1&from=2024-05-01"))
        .contains("\"win_loss\":\"win\"", "\"rule_breaks\":\"none\"");
  }

  @Test
  void sendsNothingWhereATableIsNotAsPlanned() throws Exception {
    Path file = database("trade-journal");
    assertThat(imports("--plan", "container-bots", file.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("no such table: strategy_metadata", "nothing was sent");
    Path plan = Files.writeString(folder.resolve("p.json"), "{\"steps\":[{\"kind\":\"fills\"}]}");
    assertThat(imports("--plan", plan.toString(), file.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("p.json: a step without \"table\"");
  }
}
