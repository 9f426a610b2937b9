package dev.candlewick.server.record;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.web.Caller;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.Reply;
import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.Set;

/** {@code GET /v1/records/{kind}}, and {@code GET /v1/held}: how much is stored of each kind. */
public final class RecordHandler {
  private final KindRepository kinds;
  private final RecordRepository records;

  public RecordHandler(KindRepository kinds, RecordRepository records) {
    this.kinds = kinds;
    this.records = records;
  }

  public void mount(Router router) {
    router.get("/v1/records/:kind").method(HttpMethod.HEAD).handler(this::answer);
    router.get("/v1/held").method(HttpMethod.HEAD).handler(this::held);
  }

  private void held(RoutingContext ctx) {
    Times unit = Params.of(ctx, Set.of("unit")).unit();
    if (Caller.of(ctx).isConfined()) {
      throw Caller.forbidden("this API key may not read how much all bots have written");
    }
    Reply.when(
        ctx,
        kinds.held(),
        all ->
            Reply.json(
                ctx,
                json -> {
                  json.writeStartObject();
                  json.writeArrayFieldStart("kinds");
                  for (KindRepository.Held held : all) {
                    write(json, unit, held);
                  }
                  json.writeEndArray();
                  json.writeEndObject();
                }));
  }

  private static void write(JsonGenerator json, Times unit, KindRepository.Held held)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("kind", held.kind());
    json.writeNumberField("rows", held.rows());
    json.writeNumberField("bytes", held.bytes());
    json.writeFieldName("newest_ts");
    Long newest = held.newest();
    if (newest == null) {
      json.writeNull();
    } else {
      unit.write(json, newest);
    }
    json.writeEndObject();
  }

  private void answer(RoutingContext ctx) {
    Future<RecordQuery> query =
        kinds
            .find(String.valueOf(ctx.pathParam("kind")))
            .map(declared -> RecordQuery.parse(ctx, declared.kind()));
    Reply.when(
        ctx,
        query.compose(asked -> records.page(asked).map(page -> new Found(asked, page))),
        found -> found.send(ctx));
  }

  private record Found(RecordQuery query, RecordRepository.Page page) {
    void send(RoutingContext ctx) {
      Stored last = page.last();
      String next = last == null ? null : query.cursorAfter(last);
      Reply.page(ctx, query.answer().format(), RecordText.body(query, page, next), next);
    }
  }
}
