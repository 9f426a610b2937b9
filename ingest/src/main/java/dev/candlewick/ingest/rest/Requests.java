package dev.candlewick.ingest.rest;

import dev.candlewick.ingest.source.IngestKey;
import dev.candlewick.ingest.source.Intake;
import dev.candlewick.ingest.source.Quota;
import dev.candlewick.net.Problem;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Requests that bring rows: their API keys, and the limits that apply to all of them. */
public final class Requests {
  private final Intake intake;
  private final Function<RoutingContext, IngestKey> keyOf;
  private final int bodyBytes;
  private final Supplier<List<String>> troubles;
  private volatile boolean draining;

  /**
   * Limits of all requests.
   *
   * @param keyOf the API key of a request
   * @param bodyBytes a body's size, decompressed
   * @param troubles why rows cannot be written now; empty if they can
   */
  public Requests(
      Intake intake,
      Function<RoutingContext, IngestKey> keyOf,
      int bodyBytes,
      Supplier<List<String>> troubles) {
    this.intake = intake;
    this.keyOf = keyOf;
    this.bodyBytes = bodyBytes;
    this.troubles = troubles;
  }

  Intake intake() {
    return intake;
  }

  /** The server is stopping: no more requests are accepted. */
  public void drain() {
    draining = true;
  }

  public IngestKey keyOf(RoutingContext request) {
    return keyOf.apply(request);
  }

  Quota quotaOf(RoutingContext request) {
    return intake.quota(keyOf(request));
  }

  /** Throws 503 if a request to write rows has no chance now. */
  void refuseIfUnable() {
    if (draining) {
      throw Problem.unavailable("the server is about to stop");
    }
    if (!troubles.get().isEmpty()) {
      throw Problem.unavailable("the database cannot take rows at the moment");
    }
  }

  /** The decompressed body, which counts in the quota's budget. */
  Future<Buffer> body(RoutingContext request, Quota quota) {
    return new BodyReader(request, bodyBytes, quota).read();
  }
}
