package dev.candlewick.torture;

import dev.candlewick.server.ServerProcess;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The candles that the servers have published, against the rows that they are made of. */
final class Told {
  static final String TOPIC = "torture-candles";

  private static final Duration PUBLISHED_WITHIN = Duration.ofSeconds(60);

  private Told() {}

  /** What was published twice, and whose candles do not tell in the end what is stored. */
  static List<String> wrongs(Stage stage, List<Client> clients) {
    List<String> wrongs = new ArrayList<>();
    Map<String, Long> wanted = new HashMap<>();
    for (Client client : clients) {
      if (client.column().startsWith("market.trades.")) {
        String rows =
            "select count(*) from market.trades join market.instruments on id = instrument_id"
                + " where symbol = '%s'";
        wanted.put(client.name, stage.database().number(rows.formatted(client.name)));
      }
    }
    try {
      ServerProcess.await(
          "the topic tells what is stored",
          PUBLISHED_WITHIN,
          () -> volumes(stage.broker().committed(TOPIC)).entrySet().containsAll(wanted.entrySet()));
    } catch (AssertionError notInTime) {
      wrongs.add(
          "the topic tells volumes of %s, of rows there are %s"
              .formatted(volumes(stage.broker().committed(TOPIC)), wanted));
    }
    Set<String> told = new HashSet<>();
    stage.broker().committed(TOPIC).stream()
        .filter(candle -> !told.add(candle))
        .limit(5)
        .forEach(candle -> wrongs.add("published twice: " + candle));
    return wrongs;
  }

  /** The volume of each symbol's minutes, as they were published last; each row has a size of 1. */
  private static Map<String, Long> volumes(List<String> published) {
    Map<String, Map<Long, Long>> minutes = new HashMap<>();
    for (String message : published) {
      JsonObject candle = new JsonObject(message.substring(message.indexOf(' ') + 1));
      if (candle.getString("timeframe").equals("1m")) {
        minutes
            .computeIfAbsent(candle.getString("symbol"), symbol -> new HashMap<>())
            .put(candle.getLong("ts"), candle.getNumber("volume").longValue());
      }
    }
    Map<String, Long> volumes = new HashMap<>();
    minutes.forEach(
        (symbol, of) -> volumes.put(symbol, of.values().stream().mapToLong(v -> v).sum()));
    return volumes;
  }
}
