package dev.candlewick.torture;

import dev.candlewick.server.IngestSocket;
import dev.candlewick.server.ServerProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A feed on {@code /v1/ingest}. Each time it sends a trade or a record it gives it another id: one
 * that was written twice is seen as two.
 */
final class StreamClient extends Client {
  /** What a client's rows are, and where the number of a stored one is. */
  enum Sends {
    TRADES("market.trades.price", TestRow::trade, "id"),
    QUOTES("market.quotes.bid", TestRow::quote, null),
    RECORDS("record." + TestRow.KIND + ".number", TestRow::record, "sending");

    private final String column;
    private final LongFunction<JsonObject> row;

    /** The field of which each sending has another value. */
    private final @Nullable String id;

    Sends(String column, LongFunction<JsonObject> row, @Nullable String id) {
      this.column = column;
      this.row = row;
      this.id = id;
    }
  }

  private static final int WINDOW = 32;
  private static final int AT_ONCE = 4;
  private static final Duration SILENCE = Duration.ofSeconds(20);

  private final Supplier<URI> server;
  private final Sends sends;
  private final TreeMap<Long, Message> unacked = new TreeMap<>();
  private long made;
  private long ackedSeq;
  private long spooledSeq;
  private long sendings;

  StreamClient(Supplier<URI> server, String name, Sends sends, Path folder, long seed) {
    super(name, folder, seed);
    this.server = server;
    this.sends = sends;
  }

  @Override
  String column() {
    return sends.column;
  }

  @Override
  void attempt() {
    try (IngestSocket socket = IngestSocket.open(server.get())) {
      long next = socket.hello(name).getLong("next_seq");
      if (next <= Math.max(ackedSeq, spooledSeq) || next > made + 1) {
        wrong(
            "acked %d, spooled %d, sent %d, but next_seq is %d"
                .formatted(ackedSeq, spooledSeq, made, next));
      }
      ackedSeq(next - 1);
      session(socket, next);
    }
  }

  private void session(IngestSocket socket, long from) {
    long next = from;
    long heardAt = System.nanoTime();
    while (makesMore() || !unacked.isEmpty()) {
      makeSome();
      for (Message message : unacked.tailMap(next).values()) {
        if (!socket.trySay(text(message))) {
          break;
        }
        next = message.seq() + 1;
      }
      JsonObject heard = socket.poll(Duration.ofMillis(20));
      if (heard == null) {
        if (unacked.isEmpty()) {
          heardAt = System.nanoTime();
        } else if (System.nanoTime() - heardAt > SILENCE.toNanos()) {
          return;
        }
        continue;
      }
      heardAt = System.nanoTime();
      if (!hears(heard)) {
        return;
      }
      ServerProcess.sleep(10);
    }
  }

  private void makeSome() {
    int count = 0;
    while (makesMore() && made - ackedSeq < WINDOW && count < AT_ONCE) {
      made++;
      unacked.put(made, make(made));
      count++;
    }
    if (count > 0) {
      journal.force();
    }
  }

  private String text(Message message) {
    List<JsonObject> rows = message.rows(sends.row);
    if (sends.id != null) {
      rows.forEach(row -> row.put(sends.id, ++sendings));
    }
    JsonObject text = new JsonObject().put("t", sends.name().toLowerCase(Locale.ROOT));
    if (sends == Sends.RECORDS) {
      text.put("kind", TestRow.KIND);
    }
    return text.put("seq", message.seq())
        .put("venue", "torture")
        .put("symbol", name)
        .put("rows", new JsonArray(rows))
        .encode();
  }

  /** Takes what the server says; false if the connection is at its end. */
  private boolean hears(JsonObject heard) {
    switch (heard.getString("t")) {
      case "ack" -> {
        long committed = heard.getLong("committed");
        if (committed < ackedSeq || committed > made) {
          wrong("acked %d, sent %d, now acked %d".formatted(ackedSeq, made, committed));
        }
        for (Object rejected : heard.getJsonArray("rejected")) {
          checkRejected((JsonObject) rejected);
        }
        ackedSeq(committed);
        spooledSeq = Math.max(spooledSeq, heard.getLong("spooled", 0L));
        return true;
      }
      case "busy", "drain" -> {
        return true;
      }
      default -> {
        return false;
      }
    }
  }

  private void checkRejected(JsonObject rejected) {
    Message message = unacked.get(rejected.getLong("seq"));
    if (message == null || !TestRow.isBad(message.first() + rejected.getInteger("index"))) {
      wrong("rejected without need: " + rejected);
    }
  }

  private void ackedSeq(long seq) {
    ackedSeq = Math.max(ackedSeq, seq);
    var done = unacked.headMap(seq, true);
    if (!done.isEmpty()) {
      acked(done.lastEntry().getValue().last());
      done.clear();
    }
  }
}
