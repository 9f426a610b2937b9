package dev.candlewick.server.web;

import dev.candlewick.net.Problem;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/** The body of a request that changes one document: short, and not compressed. */
public final class PlainBody {
  private PlainBody() {}

  /** The body as it was sent; 415 if it is encoded. */
  public static Buffer of(RoutingContext ctx) {
    String encoding = ctx.request().getHeader(HttpHeaders.CONTENT_ENCODING);
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw new Problem(
          415, "unsupported_media_type", "Content-Encoding is not supported for this request");
    }
    Buffer body = ctx.body().buffer();
    return body == null ? Buffer.buffer() : body;
  }
}
