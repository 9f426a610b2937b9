package dev.candlewick.ingest;

import dev.candlewick.Problem;
import dev.candlewick.TextSocket;
import io.vertx.core.http.HttpHeaders;
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
    if (!"websocket".equalsIgnoreCase(request.request().getHeader(HttpHeaders.UPGRADE))) {
      throw new Problem(400, "malformed", "a WebSocket upgrade is due");
    }
    int key = apiKeyId.applyAsInt(request);
    request
        .request()
        .toWebSocket()
        .onSuccess(
            socket -> {
              int messageBytes = ingest.config().limits().messageBytes();
              TextSocket texts =
                  new TextSocket(request.request().connection(), socket, messageBytes);
              new IngestSession(ingest, texts, key).start();
            })
        .onFailure(request::fail);
  }
}
