package dev.candlewick.bench;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Candle queries over HTTP, and the same with prepared SQL. Both ask for the same ranges in the
 * same order; the SQL is the minimum that returns the rows, and ignores late trades.
 */
final class QueryBench {
  private static final int DAYS = 30;
  private static final int MINUTES = (int) TimeUnit.DAYS.toMinutes(DAYS);
  private static final String COLUMNS =
      "ts, open, high, low, close, volume, quote_volume, trades, taker_buy_volume, source";

  /** The fewest rows of an answer, and the fewest bytes of a row. */
  private static final int FEWEST = 400;

  private static final int ROW_BYTES = 100;

  private final URI server;
  private final Database database;
  private final int[] instrumentIds;
  private final int withCandles;
  private final Instant from =
      Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(DAYS, ChronoUnit.DAYS);

  QueryBench(URI server, Database database, int[] instrumentIds, int withCandles) {
    this.server = server;
    this.database = database;
    this.instrumentIds = instrumentIds;
    this.withCandles = withCandles;
  }

  /**
   * A query in both forms.
   *
   * @param title its name in the figures
   * @param minutes the length of its range; 0: it has none
   */
  enum Query {
    LATEST_500(
        "latest 500 of 1m",
        0,
        "&timeframe=1m&limit=500",
        "select "
            + COLUMNS
            + " from market.candles_1m"
            + " where instrument_id = ? order by ts desc limit 500"),
    RANGE_1000(
        "range of 1,000 of 1m",
        1000,
        "&timeframe=1m&limit=1000",
        "select "
            + COLUMNS
            + " from market.candles_1m"
            + " where instrument_id = ? and ts >= ? and ts < ? order by ts limit 1000"),
    /** The SQL next to it reads the candles and computes nothing. */
    INDICATORS_1000(
        "1,000 of 1m with five indicators",
        1000,
        "&timeframe=1m&limit=1000&indicators=rsi(14),ema(20),macd(12,26,9),bbands(20,2),atr(14)",
        "select "
            + COLUMNS
            + " from market.candles_1m"
            + " where instrument_id = ? and ts >= ? and ts < ? order by ts limit 1000"),
    ONE_DAY(
        "one day of 1m",
        1440,
        "&timeframe=1m&limit=1440",
        "select "
            + COLUMNS
            + " from market.candles_1m"
            + " where instrument_id = ? and ts >= ? and ts < ? order by ts limit 1440"),
    SEVEN_MINUTES(
        "range of 500 of 7m",
        3500,
        "&timeframe=7m&limit=500",
        "select time_bucket('7 minutes', ts) as bucket, first(open, ts), max(high), min(low),"
            + " last(close, ts), sum(volume), sum(quote_volume), sum(trades),"
            + " sum(taker_buy_volume), bit_or(source) from market.candles_1m where instrument_id ="
            + " ? and ts >= ? and ts < ? group by 1 order by 1 limit 500");

    final String title;
    private final int minutes;
    private final String parameters;
    private final String sql;

    Query(String title, int minutes, String parameters, String sql) {
      this.title = title;
      this.minutes = minutes;
      this.parameters = parameters;
      this.sql = sql;
    }
  }

  /** Stores 30 days of minutes for each instrument, as the venue's own closed candles. */
  void load() throws Exception {
    try (BenchHttp http = new BenchHttp(server)) {
      load(http);
    }
  }

  private void load(BenchHttp http) throws IOException {
    SplittableRandom random = new SplittableRandom(2);
    for (int instrument = 0; instrument < withCandles; instrument++) {
      long cents = 1_000_00;
      for (int minute = 0; minute < MINUTES; minute += 5000) {
        StringBuilder rows = new StringBuilder();
        for (int i = minute; i < Math.min(minute + 5000, MINUTES); i++) {
          long open = cents;
          cents = Math.max(100, cents + random.nextInt(-50, 51));
          rows.append(rows.isEmpty() ? "" : ",")
              .append(candle(i, open, cents, random.nextInt(1, 9999)));
        }
        http.send(post(instrument, rows));
      }
    }
  }

  private String candle(int minute, long open, long close, int volume) {
    return "{\"ts\":%d,\"open\":%s,\"high\":%s,\"low\":%s,\"close\":%s,\"volume\":%s}"
        .formatted(
            from.plus(minute, ChronoUnit.MINUTES).toEpochMilli(),
            open / 100.0,
            (Math.max(open, close) + 7) / 100.0,
            (Math.min(open, close) - 7) / 100.0,
            close / 100.0,
            volume / 1000.0);
  }

  private byte[] post(int instrument, StringBuilder rows) {
    String body =
        "{\"venue\":\"%s\",\"symbol\":\"%s\",\"timeframe\":\"1m\",\"rows\":[%s]}"
            .formatted(BenchTrades.VENUE, BenchTrades.symbol(instrument), rows);
    return BenchHttp.post(server, "/v1/candles", body);
  }

  /** One query of a client; returns whether the answer is as long as it must be. */
  interface Asked {
    boolean ask(int instrument, Instant from, Instant to) throws Exception;
  }

  /** Milliseconds of each of {@code count} queries, one after another. */
  double[] overHttp(Query query, int count, long seed) throws Exception {
    try (BenchHttp http = new BenchHttp(server)) {
      return times(query, count, seed, httpClient(query, http));
    }
  }

  /** Milliseconds of each of the same queries as prepared SQL. */
  double[] overSql(Query query, int count, long seed) throws Exception {
    try (Connection connection = database.connect();
        PreparedStatement select = connection.prepareStatement(query.sql)) {
      return times(query, count, seed, sqlClient(query, select));
    }
  }

  /**
   * What several concurrent clients got.
   *
   * @param perSecond queries
   * @param milliseconds of each of them
   */
  record Answered(double perSecond, double[] milliseconds) {}

  /** {@code count} queries from each of the clients, each on its own connection. */
  Answered atOnceOverHttp(Query query, int clients, int count) throws Exception {
    return atOnce(clients, count, client -> overHttp(query, count, client));
  }

  /** The same with prepared SQL. */
  Answered atOnceOverSql(Query query, int clients, int count) throws Exception {
    return atOnce(clients, count, client -> overSql(query, count, client));
  }

  /** One client's queries; milliseconds of each. */
  private interface Client {
    double[] ask(int client) throws Exception;
  }

  private static Answered atOnce(int clients, int count, Client asking) throws Exception {
    double[][] times = new double[clients][];
    double seconds = Clients.runAll(clients, client -> times[client] = asking.ask(client));
    return new Answered(
        clients * count / seconds, Arrays.stream(times).flatMapToDouble(Arrays::stream).toArray());
  }

  private double[] times(Query query, int count, long seed, Asked asked) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    double[] times = new double[count];
    for (int i = 0; i < count; i++) {
      int instrument = random.nextInt(withCandles);
      Instant start = from.plus(random.nextInt(MINUTES - query.minutes), ChronoUnit.MINUTES);
      long began = System.nanoTime();
      boolean isWhole = asked.ask(instrument, start, start.plus(query.minutes, ChronoUnit.MINUTES));
      times[i] = (System.nanoTime() - began) / 1e6;
      if (!isWhole) {
        throw new IOException(query + " gave too few rows");
      }
    }
    return times;
  }

  private Asked httpClient(Query query, BenchHttp http) {
    return (instrument, start, end) -> {
      String range = query.minutes == 0 ? "" : "&from=" + start + "&to=" + end;
      String path =
          "/v1/%s?venue=%s&symbol=%s%s%s"
              .formatted(
                  query == Query.INDICATORS_1000 ? "indicators" : "candles",
                  BenchTrades.VENUE,
                  BenchTrades.symbol(instrument),
                  query.parameters,
                  range);
      // Counting the rows would take longer than receiving them.
      return http.get(path).length >= FEWEST * ROW_BYTES;
    };
  }

  private Asked sqlClient(Query query, PreparedStatement select) {
    return (instrument, start, end) -> {
      select.setInt(1, instrumentIds[instrument]);
      if (query.minutes > 0) {
        select.setTimestamp(2, Timestamp.from(start));
        select.setTimestamp(3, Timestamp.from(end));
      }
      return read(select) >= FEWEST;
    };
  }

  /** Reads every value, as a server must. */
  private static int read(PreparedStatement select) throws SQLException {
    int rows = 0;
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        row.getTimestamp(1);
        for (int column = 2; column <= 7; column++) {
          row.getDouble(column);
        }
        row.getLong(8);
        row.getDouble(9);
        row.getInt(10);
        rows++;
      }
    }
    return rows;
  }

  /** Milliseconds of each of {@code count} {@code GET /v1/latest} of all instruments. */
  double[] latestOverHttp(int count) throws Exception {
    StringBuilder symbols = new StringBuilder();
    for (int i = 0; i < instrumentIds.length; i++) {
      symbols.append(i == 0 ? "" : ",").append(BenchTrades.symbol(i));
    }
    String path = "/v1/latest?venue=" + BenchTrades.VENUE + "&symbol=" + symbols;
    double[] times = new double[count];
    try (BenchHttp http = new BenchHttp(server)) {
      for (int i = 0; i < count; i++) {
        long began = System.nanoTime();
        byte[] body = http.get(path);
        times[i] = (System.nanoTime() - began) / 1e6;
        int found = new JsonObject(Buffer.buffer(body)).getJsonArray("latest").size();
        if (found != instrumentIds.length) {
          throw new IOException("latest of " + found + " instruments only");
        }
      }
    }
    return times;
  }

  /** The last trade of the same instruments by SQL. */
  double[] latestOverSql(int count) throws Exception {
    Object[] ids = new Object[instrumentIds.length];
    for (int i = 0; i < instrumentIds.length; i++) {
      ids[i] = instrumentIds[i];
    }
    double[] times = new double[count];
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement(
                "select t.* from unnest(?::int4[]) i (id) cross join lateral (select * from"
                    + " market.trades where instrument_id = i.id"
                    + " order by ts desc, trade_id desc limit 1) t")) {
      select.setArray(1, connection.createArrayOf("int4", ids));
      for (int i = 0; i < count; i++) {
        long began = System.nanoTime();
        try (ResultSet row = select.executeQuery()) {
          while (row.next()) {
            row.getDouble(4);
          }
        }
        times[i] = (System.nanoTime() - began) / 1e6;
      }
    }
    return times;
  }
}
