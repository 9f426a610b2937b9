package dev.candlewick.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bot on the demo's market: reads its candles and writes what it does as records. What it did in
 * the past is a function of the candles alone, so it can write it again each time it starts.
 */
public final class DemoBot implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DemoBot.class);
  private static final JsonFactory JSON = new JsonFactory();
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int PAUSE_SECONDS = 5;
  private static final long MINUTE = 60_000;
  private static final int HISTORY = 180;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Api api;
  private final @Nullable String apiKey;
  private final Thread thread = new Thread(this::run, "demo-bot");
  private @Nullable MomentumStrategy strategy;
  private long done;

  private DemoBot(URI server, @Nullable String apiKey) {
    this.api = new Api(server, apiKey);
    this.apiKey = apiKey;
    thread.setDaemon(true);
  }

  /** Starts; {@code server} such as {@code http://127.0.0.1:8080}. */
  public static DemoBot start(URI server, @Nullable String apiKey) {
    DemoBot bot = new DemoBot(server, apiKey);
    bot.thread.start();
    return bot;
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        try {
          turn();
        } catch (IOException e) {
          // All of it is written again: what is already stored is harmless.
          strategy = null;
          done = 0;
          LOG.debug("the demo's bot waits: {}", e.toString());
        }
        TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void turn() throws IOException, InterruptedException {
    List<MomentumStrategy.Minute> minutes = minutes();
    long now = System.currentTimeMillis();
    // While history is still coming in, what is open at its end may long be closed.
    if (minutes.size() < MomentumStrategy.LOOKS_BACK + 2
        || minutes.get(minutes.size() - 1).ts() < now - MINUTE) {
      return;
    }
    RecordRows rows = new RecordRows();
    MomentumStrategy running = strategy;
    if (running == null) {
      running = new MomentumStrategy(equityBefore(minutes.get(0).ts()));
      running.started(rows, now);
      strategy = running;
    }
    for (MomentumStrategy.Minute minute : minutes.subList(0, minutes.size() - 1)) {
      if (minute.ts() > done) {
        running.step(minute, rows);
        done = minute.ts();
      }
    }
    running.look(now, minutes.get(minutes.size() - 1).close(), rows);
    for (Map.Entry<String, String> kind : rows.byKind().entrySet()) {
      write(kind.getKey(), kind.getValue());
    }
  }

  /** The last minutes, including the forming one. */
  private List<MomentumStrategy.Minute> minutes() throws IOException, InterruptedException {
    Map<String, String> asked =
        Map.of(
            "venue",
            SimulatedMarket.VENUE,
            "symbol",
            MomentumStrategy.SYMBOL,
            "timeframe",
            "1m",
            "limit",
            String.valueOf(HISTORY));
    HttpResponse<String> answer = api.getIfKnown("/v1/candles", asked);
    List<MomentumStrategy.Minute> minutes = new ArrayList<>();
    if (answer == null) {
      return minutes;
    }
    long ts = 0;
    try (JsonParser json = JSON.createParser(answer.body())) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.FIELD_NAME && json.currentName().equals("ts")) {
          ts = json.nextLongValue(0);
        } else if (token == JsonToken.FIELD_NAME && json.currentName().equals("close")) {
          json.nextToken();
          minutes.add(new MomentumStrategy.Minute(ts + MINUTE, new BigDecimal(json.getText())));
        }
      }
    }
    return minutes;
  }

  /** What an earlier run had when it reached this time. */
  private BigDecimal equityBefore(long ts) throws IOException, InterruptedException {
    Map<String, String> asked =
        Map.of(
            "bot",
            MomentumStrategy.BOT,
            "columns",
            "equity",
            "to",
            String.valueOf(ts),
            "order",
            "desc",
            "limit",
            "1");
    String rows = api.get("/v1/records/balances", asked).body();
    try (JsonParser json = JSON.createParser(rows)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.FIELD_NAME && json.currentName().equals("equity")) {
          json.nextToken();
          return new BigDecimal(json.getText());
        }
      }
    }
    return MomentumStrategy.CAPITAL;
  }

  private void write(String kind, String rows) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(api.server().resolve("/v1/records/" + kind))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"rows\":[" + rows + "]}"));
    if (apiKey != null) {
      request.header("Authorization", "Bearer " + apiKey);
    }
    HttpResponse<String> answer = Api.send(http, request.build(), PATIENCE);
    if (answer.statusCode() != 200) {
      throw new IOException(kind + " answered " + answer.statusCode() + ": " + answer.body());
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
