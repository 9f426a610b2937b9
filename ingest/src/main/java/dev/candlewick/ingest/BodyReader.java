package dev.candlewick.ingest;

import dev.candlewick.Problem;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/**
 * Reads a body under three bounds: its inflated size, the budget of the process, and time. The
 * bytes of a body that was read stay counted in the budget until its message is answered.
 */
final class BodyReader {
  private static final long DEADLINE_MILLIS = 10_000;

  private final RoutingContext context;
  private final Ingest ingest;
  private final int limit;
  private final Buffer body = Buffer.buffer();
  private final Promise<Buffer> whole = Promise.promise();
  private boolean over;

  BodyReader(RoutingContext context, Ingest ingest) {
    this.context = context;
    this.ingest = ingest;
    this.limit = ingest.config().bodyBytes();
  }

  /** The body; if it cannot be read the request has been failed already. */
  Future<Buffer> read() {
    HttpServerRequest request = context.request();
    String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      fail(new Problem(415, "unsupported_media_type", "Content-Encoding must be gzip or none"));
      return whole.future();
    }
    if (declaredLength(request) > limit) {
      fail(tooLarge());
      return whole.future();
    }
    long timer =
        context
            .vertx()
            .setTimer(
                DEADLINE_MILLIS,
                late -> fail(new Problem(408, "request_timeout", "the body took too long")));
    request.handler(this::add);
    request.exceptionHandler(
        cause -> fail(new Problem(400, "malformed", "the body broke off or cannot be inflated")));
    request.endHandler(
        end -> {
          context.vertx().cancelTimer(timer);
          if (!over) {
            over = true;
            whole.complete(body);
          }
        });
    whole.future().onComplete(done -> context.vertx().cancelTimer(timer));
    return whole.future();
  }

  private static long declaredLength(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return length != null && length.matches("[0-9]{1,18}") ? Long.parseLong(length) : 0;
  }

  private void add(Buffer chunk) {
    if (over) {
      return;
    }
    if (body.length() + chunk.length() > limit) {
      fail(tooLarge());
    } else if (!ingest.reserve(chunk.length())) {
      fail(Problem.passing(503, "overloaded", "more is coming in than can be written"));
    } else {
      body.appendBuffer(chunk);
    }
  }

  private Problem tooLarge() {
    return new Problem(413, "too_large", "a body may have " + limit + " bytes, inflated");
  }

  private void fail(Problem problem) {
    if (over) {
      return;
    }
    over = true;
    ingest.unreserve(body.length());
    // The rest of the body is not wanted: the connection ends with the answer.
    context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    context.fail(problem);
    whole.fail(problem);
  }
}
