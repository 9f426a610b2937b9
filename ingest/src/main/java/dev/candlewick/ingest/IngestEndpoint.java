package dev.candlewick.ingest;

import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.function.ToIntFunction;

/** Step 1 of the write way: the upgrade of {@code /v1/ingest}; one session a socket. */
final class IngestEndpoint {
  private final Ingest ingest;
  private final ToIntFunction<RoutingContext> apiKeyId;

  IngestEndpoint(Ingest ingest, ToIntFunction<RoutingContext> apiKeyId) {
    this.ingest = ingest;
    this.apiKeyId = apiKeyId;
  }

  void handle(RoutingContext request) {
    int key = apiKeyId.applyAsInt(request);
    request
        .request()
        .toWebSocket()
        .onSuccess(socket -> new IngestSession(ingest, socket, Vertx.currentContext(), key).start())
        .onFailure(request::fail);
  }
}
