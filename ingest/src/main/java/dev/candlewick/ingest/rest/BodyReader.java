package dev.candlewick.ingest.rest;

import dev.candlewick.ingest.message.Budget;
import dev.candlewick.ingest.source.Quota;
import dev.candlewick.net.Gunzip;
import dev.candlewick.net.Problem;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/**
 * Reads a body, plain or gzip, within four limits: its decompressed size, the memory left for its
 * key and the process, its key's rate, and time. The bytes of a body stay counted in the key's
 * budget after it was read.
 */
final class BodyReader {
  private static final long DEADLINE_MILLIS = 10_000;

  /** How long a client may keep sending after a rejection, so that it gets to read why. */
  private static final long LINGER_MILLIS = 2_000;

  private static final int CHUNK = 65_536;

  private final RoutingContext context;
  private final HttpServerRequest request;
  private final Quota quota;
  private final int limit;
  private final Buffer body = Buffer.buffer();
  private final Promise<Buffer> whole = Promise.promise();
  private long reserved;
  private boolean over;

  BodyReader(RoutingContext context, int limit, Quota quota) {
    this.context = context;
    this.request = context.request();
    this.quota = quota;
    this.limit = limit;
  }

  /** The body; if it cannot be read the request has already been failed. */
  Future<Buffer> read() {
    boolean zipped = isZipped();
    quota.refuseIfSpent();
    if (!reserve(0, declaredLength())) {
      return whole.future();
    }
    release(reserved);
    long timer =
        context
            .vertx()
            .setTimer(
                DEADLINE_MILLIS,
                late -> fail(new Problem(408, "request_timeout", "the body took too long")));
    request.handler(this::add);
    request.exceptionHandler(
        cause -> fail(new Problem(400, "malformed", "the body broke off or is badly framed")));
    request.endHandler(end -> complete(zipped));
    whole.future().onComplete(done -> context.vertx().cancelTimer(timer));
    if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
      context.response().writeContinue();
    }
    return whole.future();
  }

  private boolean isZipped() {
    String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    return switch (encoding == null ? "identity" : encoding.toLowerCase(Locale.ROOT)) {
      case "identity" -> false;
      case "gzip", "x-gzip" -> true;
      default ->
          throw new Problem(415, "unsupported_media_type", "Content-Encoding must be gzip or none");
    };
  }

  private long declaredLength() {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return length != null && length.matches("[0-9]{1,18}") ? Long.parseLong(length) : 0;
  }

  private void add(Buffer chunk) {
    if (!over && reserve(body.length(), chunk.length())) {
      body.appendBuffer(chunk);
    }
  }

  /**
   * Counts so many more bytes of a body that has so many already; fails the request if it may not.
   */
  private boolean reserve(int already, long more) {
    if (already + more > limit) {
      fail(new Problem(413, "too_large", "a body may have " + limit + " bytes, inflated"));
      return false;
    }
    Budget full = quota.budget().tryTake(more);
    if (full != null) {
      fail(Quota.noRoom(full));
      return false;
    }
    reserved += more;
    return true;
  }

  private void release(long bytes) {
    reserved -= bytes;
    quota.budget().release(bytes);
  }

  private void complete(boolean zipped) {
    if (over) {
      return;
    }
    Buffer plain = zipped ? inflate() : body;
    if (!over) {
      over = true;
      quota.spendBytes(plain.length());
      whole.complete(plain);
    }
  }

  /** The decompressed body replaces the compressed one in the budget. */
  private Buffer inflate() {
    long compressed = reserved;
    Buffer plain = Buffer.buffer();
    try (InputStream in = new Gunzip(new ByteArrayInputStream(body.getBytes()), CHUNK)) {
      byte[] chunk = in.readNBytes(CHUNK);
      while (chunk.length > 0 && reserve(plain.length(), chunk.length)) {
        plain.appendBytes(chunk);
        chunk = in.readNBytes(CHUNK);
      }
    } catch (IOException e) {
      fail(new Problem(400, "malformed", "the body is not whole gzip: " + e.getMessage()));
    }
    if (!over) {
      release(compressed);
    }
    return plain;
  }

  private void fail(Problem problem) {
    if (over) {
      return;
    }
    over = true;
    release(reserved);
    whole.fail(problem);
    if (request.isEnded()) {
      context.fail(problem);
      return;
    }
    // The rest of the body is not wanted: the connection closes soon after the answer.
    context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    context.vertx().setTimer(LINGER_MILLIS, late -> request.connection().close());
    context.fail(problem);
  }
}
