package dev.candlewick.server.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.record.Kind;
import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.record.RecordQuery.States;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the database reads for a page of few rows among very many of others. */
class RecordPageIT {
  private static final long FIRST = 1_704_067_200_000_000L;
  private static final long DAY = 86_400_000_000L;
  private static final Pattern ROWS = Pattern.compile("(?:Filter: |actual .*rows=)([0-9]+)");

  private static final Vertx VERTX = Vertx.vertx();
  private static final Pool POOL = TestDatabase.shared().pool(VERTX);

  /** Four days of what is asked for, a row a minute, then thirty-six of others. */
  @BeforeAll
  static void fill() {
    TestDatabase.shared().clear();
    TestDatabase.shared()
        .execute(
            """
            insert into market.instruments (venue, symbol) values ('x', 'QUIET');
            insert into market.instruments (venue, symbol)
            select 'x', 'LOUD' || n from generate_series(0, 39) n
            """);
    fill("pages_of_bots", "[\"bot\",\"id\"]", "bot, id", "bot");
    fill("pages_of_instruments", "[\"id\"]", "id", "model");
    fill("pages_of_books", "[\"venue\",\"symbol\"]", "_instrument_id", "model");
  }

  private static void fill(String kind, String key, String sqlKey, String writer) {
    RecordTables.declare(
        kind,
        key,
        """
        [{"name":"%s","type":"text","required":true},{"name":"id","type":"text","required":true},
         {"name":"venue","type":"venue","required":true},
         {"name":"symbol","type":"symbol","required":true}]
        """
            .formatted(writer));
    RecordTables.insert(
        kind,
        sqlKey,
        writer + ", id, _instrument_id",
        """
        select '2024-01-01T00:00:00Z'::timestamptz + n * interval '1 minute',
               case when n < 5760 then 'quiet' else 'loud' || mod(n, 40) end, 'i' || mod(n, 1000),
               (select id from market.instruments
                where symbol = case when n < 5760 then 'QUIET' else 'LOUD' || mod(n, 40) end)
        from generate_series(0, 57600) n
        """);
    TestDatabase.shared().execute("analyze record." + kind);
  }

  @AfterAll
  static void close() {
    VERTX.close();
  }

  @ParameterizedTest
  @CsvSource({
    "pages_of_bots, bot=quiet, true",
    "pages_of_bots, bot=quiet, false",
    "pages_of_instruments, venue=x&symbol=QUIET, true",
    "pages_of_books, venue=x&symbol=QUIET, true",
  })
  void readsLittleMoreThanItAnswers(String name, String asked, boolean backwards) {
    Kind kind = kind(name);
    List<Filter> filters = new ArrayList<>();
    for (String filter : asked.split("&")) {
      String[] parts = filter.split("=");
      filters.add(new Filter(kind.column(parts[0]).orElseThrow(), List.of(parts[1])));
    }
    RecordSql.Statement page =
        RecordSql.page(
            kind,
            kind.columns(),
            States.EVERY,
            filters,
            new RecordSql.Window(FIRST, FIRST + 60 * DAY, null, backwards, 50));
    List<String> plan = explain(page);
    assertThat(plan).allSatisfy(line -> assertThat(rows(line)).as(line).isLessThan(200));
    assertThat(plan.get(0)).contains("rows=50");
  }

  private static long rows(String line) {
    Matcher rows = ROWS.matcher(line);
    return rows.find() ? Long.parseLong(rows.group(1)) : 0;
  }

  private static Kind kind(String name) {
    return new KindRepository(POOL)
        .find(name)
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .kind();
  }

  private static List<String> explain(RecordSql.Statement page) {
    List<String> lines = new ArrayList<>();
    POOL.preparedQuery("explain (analyze, costs off, timing off, summary off) " + page.sql())
        .execute(Tuple.from(page.parameters()))
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .forEach(row -> lines.add(row.getString(0)));
    return lines;
  }
}
