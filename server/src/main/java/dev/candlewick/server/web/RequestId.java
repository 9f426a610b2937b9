package dev.candlewick.server.web;

import io.vertx.ext.web.RoutingContext;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The id under which a request is found in the log: the client's own {@code X-Request-Id} if it is
 * a plain word of up to 64 characters, otherwise a new one. It is sent back in the same header.
 */
public final class RequestId {
  private static final String HEADER = "X-Request-Id";
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private RequestId() {}

  /** The id of this request; the same on every call. */
  public static String of(RoutingContext ctx) {
    String known = ctx.response().headers().get(HEADER);
    if (known != null) {
      return known;
    }
    String id = accept(ctx.request().getHeader(HEADER));
    ctx.response().putHeader(HEADER, id);
    return id;
  }

  private static String accept(@Nullable String sent) {
    return sent != null && PLAIN.matcher(sent).matches() ? sent : UUID.randomUUID().toString();
  }
}
