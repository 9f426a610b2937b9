package dev.candlewick.torture;

import dev.candlewick.server.ServerProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client of {@code POST /v1/trades} that sends each request again, under its Idempotency-Key,
 * until it is answered. Its rows have no id: written twice, they would be stored twice.
 */
final class RestClient extends Client {
  private static final Set<Integer> TRY_AGAIN = Set.of(409, 429, 503);

  private final Supplier<ServerProcess> server;
  private @Nullable Message open;
  private long made;

  RestClient(Supplier<ServerProcess> server, String name, Path folder, long seed) {
    super(name, folder, seed);
    this.server = server;
  }

  @Override
  String column() {
    return "market.trades.price";
  }

  @Override
  void attempt() {
    Message message = open;
    if (message == null) {
      message = make(++made);
      journal.force();
      open = message;
    }
    String body =
        new JsonObject()
            .put("venue", "torture")
            .put("symbol", name)
            .put("rows", new JsonArray(message.rows(TestRow::trade)))
            .encode();
    HttpResponse<String> answer =
        server
            .get()
            .post("/v1/trades?on_error=skip", body, "Idempotency-Key", name + "-" + message.seq());
    if (answer.statusCode() == 200) {
      check(message, new JsonObject(answer.body()));
      acked(message.last());
      open = null;
      ServerProcess.sleep(20);
    } else {
      if (!TRY_AGAIN.contains(answer.statusCode())) {
        wrong(answer.statusCode() + " " + answer.body());
      }
      ServerProcess.sleep(200);
    }
  }

  private void check(Message message, JsonObject answer) {
    Set<Long> refused = new HashSet<>();
    for (Object rejected : answer.getJsonArray("rejected")) {
      refused.add(message.first() + ((JsonObject) rejected).getInteger("index"));
    }
    Set<Long> bad = new HashSet<>();
    for (long number = message.first(); number <= message.last(); number++) {
      if (TestRow.isBad(number)) {
        bad.add(number);
      }
    }
    long good = message.last() - message.first() + 1 - bad.size();
    if (!refused.equals(bad) || answer.getLong("inserted") != good) {
      wrong("of rows " + message + " the server says " + answer);
    }
  }
}
