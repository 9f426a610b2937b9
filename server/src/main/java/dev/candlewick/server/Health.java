package dev.candlewick.server;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.web.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * {@code /livez}: the process is running. {@code /readyz}: it can serve, or the reasons why not.
 */
final class Health {
  private static final long ANSWER_SECONDS = 2;

  private final Supplier<List<String>> ingestTroubles;
  private final Supplier<Future<?>> askDatabase;
  private final LongSupplier waitingMinutes;
  private final Supplier<List<String>> warnings;
  private volatile boolean draining;

  /**
   * {@code waitingMinutes}: what waits for the roll-up, which makes reads slower but not wrong.
   * {@code warnings}: what an operator should mend, as settings of the database that make it slow;
   * they do not make it unready.
   */
  Health(
      Supplier<List<String>> ingestTroubles,
      Supplier<Future<?>> askDatabase,
      LongSupplier waitingMinutes,
      Supplier<List<String>> warnings) {
    this.ingestTroubles = ingestTroubles;
    this.askDatabase = askDatabase;
    this.waitingMinutes = waitingMinutes;
    this.warnings = warnings;
  }

  void mount(Router router) {
    router.get("/livez").handler(ctx -> answer(ctx, 200, List.of()));
    router.get("/readyz").handler(this::ready);
  }

  void drain() {
    draining = true;
  }

  private void ready(RoutingContext ctx) {
    List<String> reasons = new ArrayList<>();
    if (draining) {
      reasons.add("draining: the server is about to stop");
    }
    reasons.addAll(ingestTroubles.get());
    askDatabase
        .get()
        .timeout(ANSWER_SECONDS, TimeUnit.SECONDS)
        .onComplete(
            answered -> {
              if (answered.failed()) {
                reasons.add("database_unavailable: it does not answer queries");
              }
              answer(ctx, reasons.isEmpty() ? 200 : 503, reasons);
            });
  }

  private void answer(RoutingContext ctx, int status, List<String> reasons) {
    Buffer body = Json.buffer(json -> write(json, status, reasons));
    ctx.response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .end(body);
  }

  private void write(JsonGenerator json, int status, List<String> reasons) throws IOException {
    json.writeStartObject();
    json.writeStringField("status", status == 200 ? "ok" : "unavailable");
    write(json, "reasons", reasons);
    write(json, "warnings", warnings.get());
    json.writeNumberField("waiting_minutes", waitingMinutes.getAsLong());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, String name, List<String> texts)
      throws IOException {
    json.writeFieldName(name);
    json.writeArray(texts.toArray(new String[0]), 0, texts.size());
  }
}
