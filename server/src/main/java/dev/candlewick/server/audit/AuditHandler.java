package dev.candlewick.server.audit;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.audit.AuditRepository.Example;
import dev.candlewick.server.web.Caller;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.Reply;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/audit}: every check over everything stored, or a part of it; one at a time per
 * instance, 503 {@code overloaded} while another runs. {@code GET /v1/audit/last}: what the last
 * hourly sample found.
 */
public final class AuditHandler {
  private final HourlyAudit hourly;

  public AuditHandler(HourlyAudit hourly) {
    this.hourly = hourly;
  }

  public void mount(Router router) {
    router.get("/v1/audit").handler(this::handle);
    router.get("/v1/audit/last").handler(this::last);
  }

  private void handle(RoutingContext ctx) {
    AuditQuery query = AuditQuery.parse(ctx, !Caller.of(ctx).isConfined());
    Reply.when(
        ctx,
        hourly.run(query, ctx.response()::closed),
        results -> Reply.json(ctx, json -> write(json, null, results)));
  }

  private void last(RoutingContext ctx) {
    Params.of(ctx, Set.of());
    HourlyAudit.Last last = hourly.last();
    List<Result> results = last == null ? List.of() : last.results();
    Long at = last == null ? null : Long.valueOf(last.at() * 1_000);
    boolean records = !Caller.of(ctx).isConfined();
    Reply.json(
        ctx,
        json -> write(json, at, results.stream().filter(r -> records || !r.ofRecords).toList()));
  }

  private static void write(JsonGenerator json, @Nullable Long at, List<Result> results)
      throws IOException {
    json.writeStartObject();
    if (at != null) {
      json.writeNumberField("at", at);
    }
    json.writeArrayFieldStart("checks");
    for (Result result : results) {
      json.writeStartObject();
      json.writeStringField("name", result.name);
      json.writeStringField("status", result.status());
      json.writeNumberField("looked_at", result.lookedAt());
      json.writeNumberField("failures", result.failures());
      json.writeStringField("means", result.means);
      json.writeArrayFieldStart("examples");
      for (Example example : result.examples) {
        write(json, example);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Example example) throws IOException {
    json.writeStartObject();
    text(json, "venue", example.venue());
    text(json, "symbol", example.symbol());
    json.writeNumberField("ts", example.ts());
    json.writeStringField("detail", example.detail());
    json.writeEndObject();
  }

  private static void text(JsonGenerator json, String name, @Nullable String value)
      throws IOException {
    if (value != null) {
      json.writeStringField(name, value);
    }
  }
}
