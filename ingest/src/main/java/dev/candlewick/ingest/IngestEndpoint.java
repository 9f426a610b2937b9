package dev.candlewick.ingest;

import dev.candlewick.net.Problem;
import dev.candlewick.net.TextSocket;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/** Step 1 of the write way: the upgrade of {@code /v1/ingest}; one session a socket. */
final class IngestEndpoint {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Ingest ingest;

  IngestEndpoint(Ingest ingest) {
    this.ingest = ingest;
  }

  void handle(RoutingContext request) {
    if (!"websocket".equalsIgnoreCase(request.request().getHeader(HttpHeaders.UPGRADE))) {
      throw new Problem(400, "malformed", "a WebSocket upgrade is due");
    }
    IngestKey key = ingest.keyOf(request);
    request
        .request()
        .toWebSocket()
        .onSuccess(
            socket -> {
              int messageBytes = ingest.config().limits().messageBytes();
              TextSocket texts =
                  new TextSocket(request.request().connection(), socket, messageBytes, PATIENCE);
              new IngestSession(ingest, texts, key).start();
            })
        .onFailure(request::fail);
  }
}
