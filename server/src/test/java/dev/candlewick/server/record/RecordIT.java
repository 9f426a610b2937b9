package dev.candlewick.server.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.TestServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final String ALL = "/v1/records/every_type";
  private static final String STATES = "/v1/records/states";

  private static TestServer server;

  @BeforeAll
  static void listen() {
    server =
        TestServer.onDatabase(
            (router, pool) ->
                new RecordHandler(new KindRepository(pool), new RecordRepository(pool))
                    .mount(router));
    DATABASE.clear();
    DATABASE.execute(
        """
        insert into market.instruments (venue, symbol) overriding system value
        values ('binance', 'ZRX'), ('binance', 'BTCUSDT')
        """);
    everyType();
    states();
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static void everyType() {
    RecordTables.declare(
        "every_type",
        "[\"name\"]",
        """
        [{"name":"name","type":"text","required":true},{"name":"count","type":"integer"},
         {"name":"ratio","type":"number"},{"name":"price","type":"decimal"},
         {"name":"open","type":"boolean"},{"name":"since","type":"timestamp"},
         {"name":"meta","type":"json"},{"name":"venue","type":"venue"},
         {"name":"symbol","type":"symbol"},{"name":"bids","type":"levels"},
         {"name":"xmin","type":"text"},{"name":"window","type":"text"}]
        """);
    RecordTables.insert(
        "every_type",
        "name",
        "name, count, ratio, price, open, since, meta, _instrument_id, bids, \"_xmin\", \"window\"",
        """
        values ('2024-03-01T12:00:00.123456Z'::timestamptz, 'a', 9223372036854775807::bigint,
                0.1::float8, 12345678901234567890123456789012.3400::numeric, true,
                '2024-03-01T00:00:00.000001Z'::timestamptz, '{"a":[1.50,null]}'::jsonb, 2,
                '[[1.50,2]]'::jsonb, '=1+1', '30d'),
               ('2024-03-01T12:00:01Z', 'b', null, null, null, null, null, null, null, null, null,
                null)
        """);
  }

  private static void states() {
    RecordTables.declare(
        "states",
        "[\"bot\",\"venue\",\"symbol\",\"n\"]",
        """
        [{"name":"bot","type":"text","required":true},{"name":"n","type":"integer","required":true},
         {"name":"venue","type":"venue","required":true},
         {"name":"symbol","type":"symbol","required":true},
         {"name":"status","type":"text"},{"name":"active","type":"boolean"}]
        """);
    // 300 rows, five to a second, over three chunks; of each key several.
    RecordTables.insert(
        "states",
        "bot, _instrument_id, n",
        "bot, _instrument_id, n, status, active",
        """
        select '2024-01-01T00:00:00Z'::timestamptz + (g / 5) * interval '30 hours',
               (array['al''pha', 'beta', E'new\\nline'])[1 + g % 3], 1 + g % 2, g % 5,
               case when g % 4 = 0 then 'open' else 'closed' end, g % 7 = 0
        from generate_series(0, 299) g
        """);
  }

  private static List<String> places(JsonArray rows) {
    return rows.stream()
        .map(JsonObject.class::cast)
        .map(
            row ->
                row.getLong("ts")
                    + " "
                    + row.getString("bot")
                    + row.getString("venue")
                    + row.getString("symbol")
                    + row.getInteger("n"))
        .toList();
  }

  private static List<String> allPages(String path) {
    List<String> places = new ArrayList<>();
    JsonObject answer = server.get(path);
    while (true) {
      places.addAll(places(answer.getJsonArray("rows")));
      String cursor = answer.getString("next_cursor");
      if (cursor == null) {
        return places;
      }
      answer = server.get(path + "&cursor=" + cursor);
    }
  }

  @Test
  void writesEachTypeToTheLetter() {
    assertThat(server.send("GET", ALL + "?name=a&unit=us").body())
        .isEqualTo(
            """
            {"kind":"every_type","rows":[{"ts":1709294400123456,"name":"a",\
            "count":9223372036854775807,"ratio":0.1,\
            "price":12345678901234567890123456789012.3400,"open":true,"since":1709251200000001,\
            "meta":{"a": [1.50, null]},"venue":"binance","symbol":"BTCUSDT","bids":[[1.50, 2]],\
            "xmin":"=1+1","window":"30d"}],"next_cursor":null}\
            """);
  }

  @Test
  void writesWhatIsNotKnownAsNull() {
    JsonObject row = server.get(ALL + "?name=b").getJsonArray("rows").getJsonObject(0);
    assertThat(row.fieldNames()).hasSize(13);
    row.remove("ts");
    row.remove("name");
    assertThat(row.getMap().values()).containsOnlyNulls();
  }

  @Test
  void writesCsvThatASpreadsheetMayOpen() {
    HttpResponse<String> csv =
        server.send("GET", ALL + "?name=a&unit=iso&format=csv&columns=xmin,price,meta,since");
    assertThat(csv.body())
        .isEqualTo(
            """
            ts,xmin,price,meta,since\r
            2024-03-01T12:00:00.123456Z,'=1+1,12345678901234567890123456789012.3400,\
            "{""a"": [1.50, null]}",2024-03-01T00:00:00.000001Z\r
            """);
  }

  @Test
  void writesOnlyTheColumnsAskedFor() {
    assertThat(server.send("GET", ALL + "?columns=symbol,count&format=ndjson&limit=1").body())
        .isEqualTo("{\"ts\":1709294401000,\"symbol\":null,\"count\":null}");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 249, 250, 299, 300})
  void followsTheCursorToEveryRowOnceInTheOrderOfTsAndKey(int limit) {
    List<String> pages = allPages(STATES + "?from=0&limit=" + limit);
    assertThat(pages).hasSize(300).doesNotHaveDuplicates();
    List<String> down = allPages(STATES + "?order=desc&limit=" + limit);
    List<String> reversed = new ArrayList<>(down);
    java.util.Collections.reverse(reversed);
    assertThat(reversed).isEqualTo(pages);
    assertThat(pages)
        .isSortedAccordingTo(
            Comparator.comparingLong((String place) -> Long.parseLong(place.split(" ", 2)[0]))
                .thenComparing(place -> place.split(" ", 2)[1]));
  }

  @Test
  void withoutFromTheFirstPageIsTheLatestRows() {
    List<String> all = places(server.get(STATES + "?from=0").getJsonArray("rows"));
    JsonObject page = server.get(STATES + "?limit=10");
    assertThat(places(page.getJsonArray("rows"))).isEqualTo(all.subList(290, 300));
    JsonObject older = server.get(STATES + "?limit=10&cursor=" + page.getString("next_cursor"));
    assertThat(places(older.getJsonArray("rows"))).isEqualTo(all.subList(280, 290));
  }

  @ParameterizedTest
  @CsvSource({
    "bot=beta, 100",
    "bot=beta&bot=al%27pha, 200",
    "bot=none, 0",
    "bot=new%0Aline, 0",
    "symbol=ZRX, 150",
    "symbol=ZRX&venue=binance&bot=beta, 50",
    "venue=kraken, 0",
    "n=0&n=3, 120",
    "active=true, 43",
    "status=open&active=false, 64",
  })
  void filtersByWhatAColumnIs(String filter, int rows) {
    if (filter.contains("%0A")) {
      assertThat(server.problem(400, STATES + "?" + filter).getString("detail")).startsWith("bot");
    } else {
      assertThat(allPages(STATES + "?from=0&limit=50&" + filter)).hasSize(rows);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "colour=red | colour: ",
        "price=1 | price: ",
        "meta=1 | meta: ",
        "count=1.5 | count: ",
        "open=yes | open: ",
        "columns=name,colour | columns: ",
        "columns= | columns: ",
        "latest=yes | latest: ",
        "latest=true&as_of=5 | as_of: ",
        "as_of=yesterday | as_of: ",
        "limit=10001 | limit: ",
        "order=up | order: ",
        "format=xml | format: ",
        "cursor=abc | cursor: ",
        "from=2&to=1 | from: ",
        "symbol=%20x | symbol: ",
      })
  void refusesWhatIsWrongByItsName(String query, String detail) {
    JsonObject problem = server.problem(400, ALL + "?" + query);
    assertThat(problem.getString("code")).isEqualTo("bad_parameter");
    assertThat(problem.getString("detail")).startsWith(detail);
  }

  @Test
  void refusesACursorOfAnotherQuestion() {
    String cursor = server.get(STATES + "?limit=5&bot=beta").getString("next_cursor");
    for (String other :
        List.of("bot=al%27pha", "order=asc", "bot=beta&from=0", "bot=beta&latest=true")) {
      assertThat(
              server.problem(400, STATES + "?" + other + "&cursor=" + cursor).getString("detail"))
          .startsWith("cursor: ");
    }
    server.get(STATES + "?bot=beta&limit=9&cursor=" + cursor);
  }

  @Test
  void doesNotKnowAKindThatNobodyDeclared() {
    for (String name : List.of("nothing", "%00")) {
      assertThat(server.problem(404, "/v1/records/" + name).getString("code"))
          .isEqualTo("unknown_kind");
    }
  }

  @Test
  void theLatestStateOfEachKeyIsFilteredAfterItIsChosen() {
    JsonArray all = server.get(STATES + "?latest=true").getJsonArray("rows");
    assertThat(all).hasSize(30);
    Map<String, JsonObject> newest = new HashMap<>();
    for (Object row : server.get(STATES + "?from=0").getJsonArray("rows")) {
      newest.put(key((JsonObject) row), (JsonObject) row);
    }
    assertThat(all).containsExactlyInAnyOrderElementsOf(newest.values());
    long open =
        newest.values().stream().filter(row -> "open".equals(row.getString("status"))).count();
    assertThat(server.get(STATES + "?latest=true&status=open").getJsonArray("rows"))
        .hasSize((int) open);
    assertThat(allPages(STATES + "?latest=true&limit=7")).isEqualTo(places(all));
  }

  private static String key(JsonObject row) {
    return row.getString("bot") + row.getString("symbol") + row.getInteger("n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bot=beta", "n=3&n=1", "bot=beta&status=open", "active=true", "n=2&bot=x"})
  void theStateAsOfATimeIsFilteredAfterItIsChosen(String filter) {
    for (int days = 0; days < 80; days += 13) {
      String asOf = STATES + "?limit=1000&as_of=" + (1_704_067_200_000L + days * 86_400_000L);
      JsonArray expected = new JsonArray();
      server.get(asOf).getJsonArray("rows").stream()
          .map(JsonObject.class::cast)
          .filter(row -> passes(row, filter))
          .forEach(expected::add);
      assertThat(server.get(asOf + "&" + filter).getJsonArray("rows")).isEqualTo(expected);
    }
  }

  /** Whether one of the values given for each column is the row's. */
  private static boolean passes(JsonObject row, String filter) {
    Map<String, List<String>> wanted = new HashMap<>();
    for (String each : filter.split("&")) {
      String[] pair = each.split("=");
      wanted.computeIfAbsent(pair[0], first -> new ArrayList<>()).add(pair[1]);
    }
    return wanted.entrySet().stream()
        .allMatch(each -> each.getValue().contains(String.valueOf(row.getValue(each.getKey()))));
  }

  @Test
  void theStateAsOfATimeIsThatOfAnOracleOverRandomHistories() {
    RecordTables.declare(
        "history",
        "[\"k\"]",
        "[{\"name\":\"k\",\"type\":\"integer\",\"required\":true},{\"name\":\"v\",\"type\":\"integer\"}]");
    Random random = new Random(11);
    Map<Integer, Map<Long, Integer>> states = new HashMap<>();
    for (int i = 0; i < 400; i++) {
      states
          .computeIfAbsent(random.nextInt(25), first -> new HashMap<>())
          .put(1_704_067_200_000L + random.nextInt(100) * 43_200_000L, i);
    }
    String values =
        states.entrySet().stream()
            .flatMap(
                key ->
                    key.getValue().entrySet().stream()
                        .map(
                            state ->
                                "(to_timestamp(%d / 1000.0), %d, %d)"
                                    .formatted(state.getKey(), key.getKey(), state.getValue())))
            .collect(Collectors.joining(",", "values ", ""));
    RecordTables.insert("history", "k", "k, v", values);
    for (int step = -1; step <= 101; step += 3) {
      long at = 1_704_067_200_000L + step * 43_200_000L;
      Map<Integer, Integer> expected = new HashMap<>();
      states.forEach(
          (key, its) ->
              its.keySet().stream()
                  .filter(ts -> ts <= at)
                  .max(Long::compare)
                  .ifPresent(ts -> expected.put(key, its.get(ts))));
      assertThat(asOf(at, "")).as("as of %s", at).isEqualTo(expected);
      assertThat(asOf(at, "&order=desc&limit=3")).isEqualTo(expected);
    }
    assertThat(asOf(Long.MAX_VALUE, "")).hasSize(states.size());
  }

  private static Map<Integer, Integer> asOf(long at, String more) {
    Map<Integer, Integer> found = new HashMap<>();
    String path = "/v1/records/history?as_of=" + at + more;
    JsonObject answer = server.get(path);
    while (true) {
      for (Object row : answer.getJsonArray("rows")) {
        JsonObject state = (JsonObject) row;
        assertThat(found.put(state.getInteger("k"), state.getInteger("v"))).isNull();
      }
      String cursor = answer.getString("next_cursor");
      if (cursor == null) {
        return found;
      }
      answer = server.get(path + "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8));
    }
  }

  /** Of 33,600 characters exactly as many rows fit as are read at a time. */
  @ParameterizedTest
  @ValueSource(ints = {60_000, 33_600})
  void endsAPageBeforeItTakesTooMuchMemory(int characters) {
    RecordTables.declare(
        "large",
        "[\"n\"]",
        "[{\"name\":\"n\",\"type\":\"integer\",\"required\":true},{\"name\":\"text\",\"type\":\"text\"}]");
    RecordTables.insert(
        "large",
        "n",
        "n, text",
        "select '2024-01-01Z'::timestamptz, g, repeat('x', %d) from generate_series(1, 400) g"
            .formatted(characters));
    List<Integer> numbers = new ArrayList<>();
    String path = "/v1/records/large?from=0&limit=10000";
    JsonObject answer = server.get(path);
    int pages = 1;
    while (true) {
      JsonArray rows = answer.getJsonArray("rows");
      rows.forEach(row -> numbers.add(((JsonObject) row).getInteger("n")));
      if (answer.getString("next_cursor") == null) {
        break;
      }
      pages++;
      answer = server.get(path + "&cursor=" + answer.getString("next_cursor"));
    }
    assertThat(numbers).isEqualTo(IntStream.rangeClosed(1, 400).boxed().toList());
    assertThat(pages).isBetween(2, 10);
  }
}
