package dev.candlewick.server.candle;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.candle.Coverage.Gap;
import dev.candlewick.server.web.Format;
import dev.candlewick.server.web.Json;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.Reply;
import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** {@code GET /v1/coverage}: what is missing from a range of candles, and why. */
public final class CoverageHandler {
  private static final Set<String> PARAMETERS =
      Set.of("venue", "symbol", "timeframe", "from", "to", "unit", "tz");
  private static final long MICROS = 1_000_000;

  private final Candles candles;
  private final CoverageRepository evidence;

  public CoverageHandler(Candles candles, CoverageRepository evidence) {
    this.candles = candles;
    this.evidence = evidence;
  }

  public void mount(Router router) {
    router.get("/v1/coverage").method(HttpMethod.HEAD).handler(this::handle);
  }

  private void handle(RoutingContext ctx) {
    Params params = Params.of(ctx, PARAMETERS);
    CandleQuery query = CandleQuery.parse(params);
    Times unit = params.unit();
    Future<Buffer> answer =
        candles
            .held(query)
            .compose(
                held ->
                    prove(held, Coverage.of(query, held))
                        .map(found -> body(params, found, held.making(), unit)));
    Reply.when(ctx, answer, body -> Reply.send(ctx, Format.JSON.contentType(), body));
  }

  private Future<Coverage> prove(Candles.Held held, Coverage coverage) {
    return evidence
        .prove(held.instrument().id(), coverage.gaps(), held.firstData())
        .map(gaps -> new Coverage(gaps, coverage.expected(), coverage.present()));
  }

  private static Buffer body(Params params, Coverage coverage, List<Run> making, Times unit) {
    return Json.buffer(
        json -> {
          json.writeStartObject();
          json.writeStringField("venue", params.venue());
          json.writeStringField("symbol", params.symbol());
          json.writeStringField("timeframe", params.required("timeframe"));
          json.writeArrayFieldStart("gaps");
          for (Gap gap : coverage.gaps()) {
            write(json, gap, unit);
          }
          json.writeEndArray();
          json.writeArrayFieldStart("making");
          for (Run run : making) {
            json.writeStartObject();
            unit.field(json, "from", run.from() * MICROS);
            unit.field(json, "to", run.to() * MICROS);
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeNumberField("expected", coverage.expected());
          json.writeNumberField("present", coverage.present());
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, Gap gap, Times unit) throws IOException {
    json.writeStartObject();
    unit.field(json, "from", gap.from() * MICROS);
    unit.field(json, "to", gap.to() * MICROS);
    json.writeNumberField("missing", gap.missing());
    json.writeStringField("state", gap.state().word());
    json.writeEndObject();
  }
}
