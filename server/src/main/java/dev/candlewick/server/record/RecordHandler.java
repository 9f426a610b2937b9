package dev.candlewick.server.record;

import dev.candlewick.server.web.Reply;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** {@code GET /v1/records/{kind}}. */
public final class RecordHandler {
  private final KindRepository kinds;
  private final RecordRepository records;

  public RecordHandler(KindRepository kinds, RecordRepository records) {
    this.kinds = kinds;
    this.records = records;
  }

  public void mount(Router router) {
    router.get("/v1/records/:kind").method(HttpMethod.HEAD).handler(this::answer);
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
