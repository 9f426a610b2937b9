package dev.candlewick.ingest;

import dev.candlewick.net.TextSocket;
import dev.candlewick.net.Upgrade;
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
    IngestKey key = ingest.keyOf(request);
    Upgrade.of(request)
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
