package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A kind of 150 columns of every type, written in three ways at once and made wider meanwhile,
 * while the server is killed.
 */
class WideKindIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> TYPES =
      List.of("text", "integer", "number", "decimal", "boolean", "timestamp", "json", "levels");
  private static final int COLUMNS = 147;
  private static final int ROWS = 5;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static TestDatabase database;
  private static volatile ServerProcess running;

  @BeforeAll
  static void start() {
    database = TestDatabase.empty();
    running = ServerProcess.on(database);
  }

  private static JsonObject declaration(int more) {
    JsonArray columns =
        new JsonArray()
            .add(column("id", "text").put("required", true))
            .add(column("venue", "venue"))
            .add(column("symbol", "symbol"));
    for (int i = 0; i < COLUMNS + more; i++) {
      columns.add(column("c" + i, TYPES.get(i % TYPES.size())));
    }
    return new JsonObject()
        .put("kind", "wide")
        .put("key", new JsonArray().add("id"))
        .put("columns", columns);
  }

  private static JsonObject column(String name, String type) {
    return new JsonObject().put("name", name).put("type", type);
  }

  private static JsonObject row(String way, long number) {
    JsonObject row =
        new JsonObject()
            .put("ts", Messages.HOUR_AGO + number)
            .put("id", way + number % 50)
            .put("venue", "x")
            .put("symbol", way);
    for (int i = 0; i < COLUMNS; i++) {
      row.put(
          "c" + i,
          switch (TYPES.get(i % TYPES.size())) {
            case "text" -> "t" + number;
            case "integer" -> number;
            case "number" -> number + 0.5;
            case "decimal" -> "0.10" + number;
            case "boolean" -> number % 2 == 0;
            case "timestamp" -> Messages.HOUR_AGO;
            case "json" -> new JsonObject().put("n", number);
            default -> new JsonArray().add(new JsonArray().add(number).add(1));
          });
    }
    return row;
  }

  private static JsonArray rows(String way, long message) {
    JsonArray rows = new JsonArray();
    for (long number = message * ROWS; number < (message + 1) * ROWS; number++) {
      rows.add(row(way, number));
    }
    return rows;
  }

  /** Sends one request after the other, each again and again until it is answered as it should. */
  private static final class Posting implements Runnable {
    private final String way;
    final AtomicLong done = new AtomicLong();
    final AtomicBoolean stopping = new AtomicBoolean();
    private final Thread thread = new Thread(this);

    Posting(String way) {
      this.way = way;
      thread.start();
    }

    @Override
    public void run() {
      while (!stopping.get()) {
        int status = post(done.get());
        if (status == 200 || status == 204) {
          done.incrementAndGet();
        } else {
          assertThat(status).isIn(0, 409, 429, 503);
          ServerProcess.sleep(30);
        }
      }
    }

    private int post(long message) {
      boolean lines = way.equals("lines");
      String body =
          lines ? lines(message) : new JsonObject().put("rows", rows(way, message)).encode();
      URI uri = URI.create(running.url() + (lines ? "/write?precision=ms" : "/v1/records/wide"));
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri)
              .timeout(Duration.ofSeconds(20))
              .header("Content-Type", lines ? "text/plain" : "application/json")
              .POST(BodyPublishers.ofString(body));
      if (!lines) {
        request.header("Idempotency-Key", way + message);
      }
      try {
        return HTTP.send(request.build(), BodyHandlers.discarding()).statusCode();
      } catch (IOException gone) {
        return 0;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private String lines(long message) {
      StringBuilder text = new StringBuilder();
      for (Object each : rows(way, message)) {
        JsonObject row = (JsonObject) each;
        text.append("wide,id=").append(row.getString("id")).append(",venue=x,symbol=").append(way);
        for (int i = 0; i < COLUMNS; i++) {
          Object value = row.getValue("c" + i);
          String type = TYPES.get(i % TYPES.size());
          String field =
              switch (type) {
                case "integer", "timestamp" -> value + "i";
                case "number", "boolean" -> value.toString();
                case "decimal" -> value.toString();
                case "json" -> "\"" + ((JsonObject) value).encode().replace("\"", "\\\"") + "\"";
                case "levels" -> "\"" + ((JsonArray) value).encode() + "\"";
                default -> "\"" + value + "\"";
              };
          text.append(i == 0 ? " " : ",").append('c').append(i).append('=').append(field);
        }
        text.append(' ').append(row.getLong("ts")).append('\n');
      }
      return text.toString();
    }

    long stop() throws InterruptedException {
      stopping.set(true);
      thread.join(30_000);
      return done.get();
    }
  }

  private static void declare(int more) {
    URI uri = URI.create(running.url() + "/v1/kinds/wide");
    HttpRequest put =
        HttpRequest.newBuilder(uri)
            .timeout(Duration.ofSeconds(30))
            .PUT(BodyPublishers.ofString(declaration(more).encode()))
            .build();
    ServerProcess.await(
        "declared",
        PATIENCE,
        () -> {
          try {
            return HTTP.send(put, BodyHandlers.ofString()).statusCode() / 100 == 2;
          } catch (IOException gone) {
            return false;
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void isWrittenInThreeWaysMadeWiderAndKilledAndLosesAndDoublesNothing()
      throws InterruptedException {
    declare(0);
    SteadyFeed socket =
        new SteadyFeed(
            () -> running.url(),
            "wide",
            1_000_000,
            ROWS,
            seq ->
                new JsonObject()
                    .put("t", "records")
                    .put("kind", "wide")
                    .put("seq", seq)
                    .put("rows", rows("socket", seq - 1))
                    .encode());
    Posting rest = new Posting("rest");
    Posting lines = new Posting("lines");
    for (int round = 1; round <= 3; round++) {
      awaitProgress(socket, rest, lines);
      declare(round);
      if (round < 3) {
        running.kill();
        running = ServerProcess.start(database.url());
      }
    }
    awaitProgress(socket, rest, lines);
    long posted = rest.stop();
    long written = lines.stop();
    socket.stop();
    running.close();
    assertThat(socket.faults()).isEmpty();
    check(database, "rest", posted);
    check(database, "lines", written);
    check(database, "socket", socket.acked());
    assertThat(
            database.number(
                "select count(*) from information_schema.columns where table_schema = 'record'"
                    + " and table_name = 'wide'"))
        .isEqualTo(COLUMNS + 3 + 3);
    assertThat(
            database.number(
                """
                select count(*) from (
                  select distinct on (id) to_jsonb(r) as row from record.wide r order by id, ts desc
                ) as newest
                full join (select to_jsonb(l) as row from record_latest.wide l) as latest
                  on newest.row = latest.row
                where newest.row is null or latest.row is null
                """))
        .as("the newest state of each key is the one that is kept as such")
        .isZero();
  }

  /** Until each of the three ways has brought something more. */
  private static void awaitProgress(SteadyFeed socket, Posting rest, Posting lines) {
    long[] before = {socket.acked(), rest.done.get(), lines.done.get()};
    ServerProcess.await(
        "progress",
        PATIENCE,
        () ->
            socket.acked() > before[0]
                && rest.done.get() > before[1]
                && lines.done.get() > before[2]);
  }

  /** What was answered is there; of what was not, at most the messages under way. */
  private static void check(TestDatabase database, String way, long messages) {
    String of = " from record.wide where id like '" + way + "%'";
    long rows = database.number("select count(*)" + of);
    assertThat(rows).as(way).isBetween(messages * ROWS, (messages + 40) * ROWS);
    assertThat(
            database.number(
                "select count(*)"
                    + of
                    + " and c1 < "
                    + messages * ROWS
                    + " and c0 = 't' || c1 and c2 = c1 + 0.5 and c3::text = '0.10' || c1"
                    + " and c4 = (c1 % 2 = 0) and c6 = jsonb_build_object('n', c1)"
                    + " and c7 = jsonb_build_array(jsonb_build_array(c1, 1))"
                    + " and c145 = c1 and c146 = c2"))
        .as(way)
        .isEqualTo(messages * ROWS);
  }
}
