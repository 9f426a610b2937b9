package dev.candlewick.ingest.socket;

import dev.candlewick.ingest.source.IngestKey;
import dev.candlewick.ingest.source.Intake;
import dev.candlewick.net.TextSocket;
import dev.candlewick.net.Upgrade;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.function.Function;

/** Step 1 of the write path: upgrades {@code /v1/ingest}; one session per socket. */
public final class IngestEndpoint {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Intake intake;
  private final Sessions sessions;
  private final Limits limits;
  private final Function<RoutingContext, IngestKey> keyOf;

  /** {@code keyOf}: the API key of a request. */
  public IngestEndpoint(
      Intake intake, Sessions sessions, Limits limits, Function<RoutingContext, IngestKey> keyOf) {
    this.intake = intake;
    this.sessions = sessions;
    this.limits = limits;
    this.keyOf = keyOf;
  }

  public void handle(RoutingContext request) {
    IngestKey key = keyOf.apply(request);
    Upgrade.of(request)
        .onSuccess(
            socket -> {
              int messageBytes = limits.messageBytes();
              TextSocket texts =
                  new TextSocket(request.request().connection(), socket, messageBytes, PATIENCE);
              new IngestSession(intake, sessions, limits, texts, key).start();
            })
        .onFailure(request::fail);
  }
}
