package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A database whose settings were changed for other programs. */
class DatabaseSettingsIT {
  private static final Map<String, String> ALTERED =
      Map.ofEntries(
          Map.entry("array_nulls", "off"),
          Map.entry("bytea_output", "escape"),
          Map.entry("datestyle", "SQL, DMY"),
          Map.entry("default_transaction_isolation", "serializable"),
          Map.entry("default_transaction_deferrable", "on"),
          Map.entry("extra_float_digits", "-5"),
          Map.entry("intervalstyle", "sql_standard"),
          Map.entry("jit", "on"),
          Map.entry("lock_timeout", "1ms"),
          Map.entry("plan_cache_mode", "force_generic_plan"),
          Map.entry("quote_all_identifiers", "on"),
          Map.entry("search_path", "market, ingest"),
          Map.entry("standard_conforming_strings", "off"),
          Map.entry("timezone", "Asia/Kathmandu"),
          Map.entry("transform_null_equals", "on"));

  private static final Instant DAY =
      Instant.now().truncatedTo(ChronoUnit.DAYS).minus(3, ChronoUnit.DAYS);

  @Test
  void takesAndAnswersAsInAnyOther() {
    TestDatabase database = TestDatabase.empty();
    String name = database.text("select current_database()");
    ALTERED.forEach(
        (setting, value) ->
            database.execute(
                "alter database %s set %s = %s"
                    .formatted(
                        name, setting, setting.equals("search_path") ? value : "'" + value + "'")));
    try (RunningServer server = RunningServer.with(Map.of("DB_URL", database.url()))) {
      String candle =
          "{\"ts\":\"%s\",\"open\":1.1,\"high\":2.123456789012345,\"low\":1,\"close\":2,\"volume\":3}"
              .formatted(DAY);
      assertThat(server.post("/v1/candles", body("1h", candle)).body()).contains("\"inserted\":1");
      assertThat(server.post("/v1/candles", body("1m", candle)).body()).contains("\"inserted\":1");
      for (int i = 0; i < 3; i++) {
        String trade =
            "{\"ts\":\"%s\",\"price\":0.1,\"size\":0.2,\"id\":\"\\\\x%d\"}"
                .formatted(DAY.plusSeconds(7_200 + i), i);
        assertThat(server.post("/v1/trades", body("", trade)).body()).contains("\"inserted\":1");
      }
      assertAnswers(server);
      ServerProcess.await(
          "all is rolled up",
          Duration.ofSeconds(20),
          () -> database.number("select count(*) from ingest.dirty where level <= 60") == 0);
      assertAnswers(server);
    }
  }

  private static void assertAnswers(RunningServer server) {
    String query = "?venue=v&symbol=S&unit=iso&from=" + DAY;
    assertThat(server.get("/v1/candles" + query + "&timeframe=1h").body())
        .contains("\"ts\":\"" + DAY + "\",\"open\":1.1,\"high\":2.123456789012345")
        .contains("\"ts\":\"" + DAY.plusSeconds(7_200) + "\"", "\"volume\":0.6");
    assertThat(server.get("/v1/candles" + query + "&timeframe=1d").body())
        .contains("\"volume\":3.6");
    assertThat(server.get("/v1/trades" + query).body())
        .contains("\"ts\":\"" + DAY.plusSeconds(7_201) + "\"", "\"id\":\"\\\\x1\"");
  }

  private static String body(String timeframe, String row) {
    return "{\"venue\":\"v\",\"symbol\":\"S\",%s\"rows\":[%s]}"
        .formatted(timeframe.isEmpty() ? "" : "\"timeframe\":\"" + timeframe + "\",", row);
  }
}
