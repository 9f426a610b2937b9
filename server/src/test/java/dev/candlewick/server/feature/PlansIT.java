package dev.candlewick.server.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestDatabase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Days of plans against a second implementation over the candles as they are stored. */
class PlansIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final int DAYS = 300;
  private static RunningServer server;
  private static List<Minute> minutes;

  private record Minute(
      long ts, double open, double high, double low, double close, double volume) {}

  @BeforeAll
  static void start() {
    DATABASE.clear();
    server = RunningServer.with(Map.of());
    DATABASE.execute(
        "insert into market.instruments (id, venue, symbol) overriding system value"
            + " values (70, 'COMEX', 'MGCZ5'), (71, 'COMEX', 'GCZ5')");
    DATABASE.execute(
        """
        insert into market.candles_1m
        select 70, ts, p, p + 1 + n %% 3, p - 1 - n %% 2, p + (n %% 5) - 2, 1 + n %% 7, p, 1, null, 1
        from (select n, date_trunc('minute', now()) - n * interval '7 minutes' as ts,
                2000 + (100 * sin(n / 977.0) + 9 * cos(n / 31.0))::int as p
              from generate_series(20, %d) n) m
        where extract(isodow from ts) < 6 and extract(doy from ts) %% 17 <> 3
        """
            .formatted(DAYS * 1_440 / 7));
    minutes = minutes();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static List<Minute> minutes() {
    List<Minute> all = new ArrayList<>();
    for (Object row :
        new JsonArray(
            DATABASE.text(
                "select json_agg(json_build_array(extract(epoch from ts)::int8, open, high, low,"
                    + " close, volume) order by ts) from market.candles_1m where instrument_id"
                    + " = 70"))) {
      JsonArray m = (JsonArray) row;
      all.add(
          new Minute(
              m.getLong(0),
              m.getDouble(1),
              m.getDouble(2),
              m.getDouble(3),
              m.getDouble(4),
              m.getDouble(5)));
    }
    return all;
  }

  private static String body(String zone, String dayStart, String date) {
    return """
    {"timezone":"%s","day_start":"%s","date":"%s","days":"mon-fri",
     "instruments":[{"venue":"COMEX","symbol":"MGC*"}],
     "sessions":[{"name":"asia","from":"09:00","to":"17:00"},{"name":"night","from":"22:00","to":"03:30"},
                 {"name":"jump","from":"02:15","to":"03:15"}],
     "opening_ranges":[{"name":"orb_0900","at":"09:00","minutes":30,"until":"17:00"},
                       {"name":"orb_2300","at":"23:00","minutes":45,"until":"04:00"}],
     "travel":[{"name":"pre_travel","from":"06:00","to":"09:00"}],
     "daily":["atr(5)","rsi(3)","sma(2,high)"]}
    """
        .formatted(zone, dayStart, date);
  }

  private static JsonObject json(HttpResponse<String> answer, int status) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return new JsonObject(answer.body());
  }

  private static void put(String plan, String body, int status) {
    json(server.send("PUT", "/v1/plans/" + plan, body, "Content-Type", "application/json"), status);
  }

  private static void until(String what, Duration most, BooleanSupplier holds) {
    long deadline = System.nanoTime() + most.toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static boolean complete(String plan) {
    JsonObject progress =
        json(server.send("GET", "/v1/plans/" + plan, ""), 200).getJsonObject("progress");
    return progress.getString("state").equals("complete");
  }

  private static Map<String, JsonObject> rows(String plan) {
    Map<String, JsonObject> rows = new TreeMap<>();
    String all =
        DATABASE.text(
            "select coalesce(json_agg(r), '[]') from record.daily_features r where plan = '"
                + plan
                + "'");
    for (Object row : new JsonArray(all)) {
      JsonObject one = (JsonObject) row;
      assertThat(rows.put(one.getString("date"), one)).isNull();
    }
    return rows;
  }

  /** By the words of the contract, from the clock of each minute. */
  private static final class Oracle {
    private final ZoneId zone;
    private final LocalTime start;
    private final Map<LocalDate, List<Minute>> days = new TreeMap<>();

    Oracle(String zone, String start) {
      this.zone = ZoneId.of(zone);
      this.start = LocalTime.parse(start);
      for (Minute minute : minutes) {
        LocalDateTime clock = clock(minute);
        LocalDate date =
            clock.toLocalTime().isBefore(this.start)
                ? clock.toLocalDate().minusDays(1)
                : clock.toLocalDate();
        days.computeIfAbsent(date, d -> new ArrayList<>()).add(minute);
      }
    }

    LocalDateTime clock(Minute minute) {
      return LocalDateTime.ofInstant(Instant.ofEpochSecond(minute.ts()), zone);
    }

    /** Minutes of a day by what their clock shows, over midnight too. */
    List<Minute> between(LocalDate date, String from, String to) {
      LocalTime first = LocalTime.parse(from);
      LocalTime last = LocalTime.parse(to);
      return days.getOrDefault(date, List.of()).stream()
          .filter(
              m -> {
                LocalTime time = clock(m).toLocalTime();
                return first.isBefore(last)
                    ? !time.isBefore(first) && time.isBefore(last)
                    : !time.isBefore(first) || time.isBefore(last);
              })
          .toList();
    }

    @Nullable Double high(List<Minute> of) {
      return of.isEmpty() ? null : of.stream().mapToDouble(Minute::high).max().getAsDouble();
    }

    @Nullable Double low(List<Minute> of) {
      return of.isEmpty() ? null : of.stream().mapToDouble(Minute::low).min().getAsDouble();
    }

    @Nullable String direction(List<Minute> range, List<Minute> after) {
      if (range.isEmpty()) {
        return null;
      }
      for (Minute minute : after) {
        if (minute.close() > known(high(range))) {
          return "up";
        }
        if (minute.close() < known(low(range))) {
          return "down";
        }
      }
      return "none";
    }
  }

  private static double known(@Nullable Double value) {
    return Objects.requireNonNull(value);
  }

  private static void session(JsonObject row, String name, List<Minute> of, Oracle oracle) {
    assertThat(row.getDouble(name + "_high")).as(name).isEqualTo(oracle.high(of));
    assertThat(row.getDouble(name + "_low")).as(name).isEqualTo(oracle.low(of));
    assertThat(row.getDouble(name + "_open")).isEqualTo(of.isEmpty() ? null : of.get(0).open());
    assertThat(row.getDouble(name + "_close"))
        .isEqualTo(of.isEmpty() ? null : of.get(of.size() - 1).close());
    assertThat(row.getDouble(name + "_volume"))
        .isEqualTo(of.isEmpty() ? null : of.stream().mapToDouble(Minute::volume).sum());
  }

  @ParameterizedTest
  @CsvSource({
    "ny, America/New_York, 18:00, end",
    "brisbane, Australia/Brisbane, 09:00, start",
    "london, Europe/London, 04:00, start"
  })
  void everyDayIsAsASecondImplementationHasIt(String plan, String zone, String start, String date) {
    put(plan, body(zone, start, date), 201);
    until("filled in", Duration.ofSeconds(60), () -> complete(plan));
    Oracle oracle = new Oracle(zone, start);
    Map<String, JsonObject> rows = rows(plan);
    int expected = 0;
    List<Double> highs = new ArrayList<>();
    for (LocalDate day : oracle.days.keySet()) {
      LocalDate named = date.equals("end") ? day.plusDays(1) : day;
      if (named.getDayOfWeek().getValue() > 5) {
        continue;
      }
      expected++;
      JsonObject row = rows.get(named.toString());
      assertThat(row).as(named.toString()).isNotNull();
      assertThat(Instant.parse(row.getString("ts").replace("+00:00", "Z")))
          .isEqualTo(day.atTime(LocalTime.parse(start)).atZone(oracle.zone).toInstant());
      session(row, "asia", oracle.between(day, "09:00", "17:00"), oracle);
      session(row, "night", oracle.between(day, "22:00", "03:30"), oracle);
      session(row, "jump", oracle.between(day, "02:15", "03:15"), oracle);
      List<Minute> orb = oracle.between(day, "09:00", "09:30");
      assertThat(row.getDouble("orb_0900_high")).isEqualTo(oracle.high(orb));
      assertThat(row.getDouble("orb_0900_size"))
          .isEqualTo(orb.isEmpty() ? null : known(oracle.high(orb)) - known(oracle.low(orb)));
      assertThat(row.getString("orb_0900_break_dir"))
          .isEqualTo(oracle.direction(orb, oracle.between(day, "09:30", "17:00")));
      List<Minute> late = oracle.between(day, "23:00", "23:45");
      assertThat(row.getString("orb_2300_break_dir"))
          .isEqualTo(oracle.direction(late, oracle.between(day, "23:45", "04:00")));
      List<Minute> travel = oracle.between(day, "06:00", "09:00");
      assertThat(row.getDouble("pre_travel"))
          .isEqualTo(
              travel.isEmpty() ? null : known(oracle.high(travel)) - known(oracle.low(travel)));
      highs.add(known(oracle.high(oracle.days.getOrDefault(day, List.of()))));
      int n = highs.size();
      if (n > 1) {
        assertThat(row.getDouble("sma_2_high"))
            .isCloseTo((highs.get(n - 1) + highs.get(n - 2)) / 2, within(1e-9));
      }
      assertThat(row.getDouble("atr_5") == null).isEqualTo(n < 6);
    }
    assertThat(rows).hasSize(expected).hasSizeGreaterThan(DAYS / 2);
  }

  @Test
  void aLateTradeCorrectsItsDayWithinFiveSeconds() {
    put("late", body("UTC", "04:00", "start"), 201);
    until("filled in", Duration.ofSeconds(60), () -> complete("late"));
    LocalDate day =
        LocalDate.ofInstant(
                Instant.ofEpochSecond(minutes.get(minutes.size() - 1).ts()), ZoneId.of("UTC"))
            .minusDays(3);
    while (!rows("late").containsKey(day.toString())) {
      day = day.minusDays(1);
    }
    String date = day.toString();
    json(
        server.send(
            "POST",
            "/v1/trades",
            "{\"venue\":\"COMEX\",\"symbol\":\"MGCZ5\",\"rows\":[{\"ts\":\"%sT10:00:01Z\",\"price\":9000,\"size\":1,\"id\":77}]}"
                .formatted(date),
            "Content-Type",
            "application/json"),
        200);
    until(
        "corrected",
        Duration.ofSeconds(15),
        () ->
            Double.valueOf(9_000)
                .equals(rows("late").getOrDefault(date, new JsonObject()).getDouble("asia_high")));
    DATABASE.execute("delete from market.candles_1m where high = 9000");
    DATABASE.execute("delete from market.trades where price = 9000");
  }

  @Test
  void theAuditFindsDaysThatAreNotWhatTheyComeTo() {
    put("audited", body("Europe/London", "04:00", "start"), 201);
    until("filled in", Duration.ofSeconds(60), () -> complete("audited"));
    DATABASE.execute(
        """
        create temp table d as select ts, row_number() over (order by ts desc) as n from record.daily_features where plan = 'audited';
        update record.daily_features f set asia_high = 1, sma_2_high = 2 from d where plan = 'audited' and f.ts = d.ts and n = 12;
        delete from record.daily_features f using d where plan = 'audited' and f.ts = d.ts and n = 13;
        insert into record.daily_features (ts, plan, _instrument_id, date)
          select ts + interval '1 hour', 'audited', 70, 'x' from d where n = 14;
        drop table d
        """);
    String path =
        "/v1/audit?venue=COMEX&symbol=MGCZ5&from="
            + Instant.now().minus(Duration.ofDays(30))
            + "&to="
            + Instant.now().minus(Duration.ofDays(10));
    assertThat(json(server.send("GET", path, ""), 200).encode())
        .contains(
            "day of plan audited: asia_high is 1 instead of ", ", sma_2_high is 2 instead of ")
        .contains("day of plan audited: is missing", "day of plan audited: is of no candle");
  }

  @Test
  void aDayWhoseOnlyTradeIsCancelledIsNoDay() {
    LocalDate day = LocalDate.now(ZoneOffset.UTC).minusDays(3);
    put("lone", body("UTC", "04:00", "start").replace("MGC*", "GCZ5").replace("fri", "sun"), 201);
    for (int n = 0; n < 3; n++) {
      lone("\"ts\":\"%sT10:00:01Z\",\"id\":7,\"price\":10,\"size\":1".formatted(day.plusDays(n)));
    }
    until("kept", Duration.ofSeconds(15), () -> rows("lone").size() == 3);
    lone("\"ts\":\"%sT10:00:01Z\",\"id\":7,\"action\":\"cancel\"".formatted(day));
    lone("\"ts\":\"%sT10:00:01Z\",\"id\":7,\"action\":\"cancel\"".formatted(day.plusDays(2)));
    String rest = day.plusDays(1).toString();
    until(
        "no day",
        Duration.ofSeconds(15),
        () ->
            rows("lone").keySet().equals(Set.of(rest))
                && rows("lone").getOrDefault(rest, new JsonObject()).getDouble("sma_2_high")
                    == null);
  }

  private static void lone(String row) {
    json(
        server.send(
            "POST",
            "/v1/trades",
            "{\"venue\":\"COMEX\",\"symbol\":\"GCZ5\",\"rows\":[{" + row + "}]}",
            "Content-Type",
            "application/json"),
        200);
  }

  @Test
  void refusesANameThatIsAColumnOfAnotherType() {
    String body =
        "{\"instruments\":[{\"venue\":\"x\"}],\"travel\":[{\"name\":\"%s\",\"from\":\"01:00\",\"to\":\"02:00\"}]}";
    put("taken", body.formatted("some_travel"), 201);
    String range =
        "{\"instruments\":[{\"venue\":\"x\"}],\"opening_ranges\":[{\"name\":\"odd\",\"at\":\"01:00\"}]}";
    put("taken", range, 200);
    HttpResponse<String> answer =
        server.send(
            "PUT",
            "/v1/plans/taken",
            body.formatted("odd_break_dir"),
            "Content-Type",
            "application/json");
    assertThat(json(answer, 409).getString("detail")).contains("odd_break_dir is taken");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"timezone\":\"Mars\",\"instruments\":[{\"venue\":\"x\"}]} | timezone: must be",
        "{\"instruments\":[]} | instruments: must name",
        "{\"instruments\":[{\"venue\":\"x\"}],\"daily\":[\"foo(3)\"]} | daily: unknown indicator",
        "{\"instruments\":[{\"venue\":\"x\"}],\"sessions\":[{\"name\":\"a\",\"from\":\"9\",\"to\":\"10:00\"}]}"
            + " | sessions.from",
        "{\"instruments\":[{\"venue\":\"x\"}],\"sessions\":[{\"name\":\"a\",\"from\":\"24:00\",\"to\":\"10:00\"}]}"
            + " | sessions.from: must be 00:00, 24:00 is only an end",
        "{\"instruments\":[{\"venue\":\"x\"}],\"sessions\":[{\"name\":\"a\",\"from\":\"09:00\",\"to\":\"24:30\"}]}"
            + " | sessions.to: must be a time like 09:30",
        "{\"instruments\":[{\"venue\":\"x\"}],\"day_start\":\"10:00\",\"sessions\":[{\"name\":\"a\",\"from\":\"09:00\",\"to\":\"11:00\"}]}"
            + " | within one day",
        "{\"instruments\":[{\"venue\":\"x\",\"symbol\":\"a\\u0000\"}]} | symbol: must not contain a"
            + " NUL",
        "{\"instruments\":[{\"venue\":\"x\",\"symbol\":\"\"}]} | symbol: must have 1 to 64",
        "{\"instruments\":[{\"venue\":\"x\"}],\"other\":1} | other: unknown field"
      })
  void namesWhatIsWrongWithAPlan(String body, String detail) {
    HttpResponse<String> answer =
        server.send("PUT", "/v1/plans/wrong", body, "Content-Type", "application/json");
    assertThat(json(answer, 422).getString("detail")).contains(detail);
    assertThat(server.send("GET", "/v1/plans/wrong", "").statusCode()).isEqualTo(404);
  }
}
