package dev.candlewick.server.web;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Sends an answer whose body is complete. */
public final class Reply {
  /** Repeats {@code next_cursor} for formats that have no place for it in the body. */
  public static final String NEXT_CURSOR = "X-Next-Cursor";

  private Reply() {}

  /** Sends the result, or fails the request if there is none. */
  public static <T> void when(RoutingContext ctx, Future<T> answer, Consumer<T> send) {
    answer
        .map(
            value -> {
              send.accept(value);
              return value;
            })
        .onFailure(ctx::fail);
  }

  /** Sends the body; for HEAD only its headers. The status is 200 unless it was set before. */
  public static void send(RoutingContext ctx, String contentType, Buffer body) {
    ctx.response()
        .putHeader(HttpHeaders.CONTENT_TYPE, contentType)
        .putHeader(HttpHeaders.CONTENT_LENGTH, String.valueOf(body.length()));
    if (ctx.request().method().equals(HttpMethod.HEAD)) {
      ctx.end();
    } else {
      ctx.end(body);
    }
  }

  /** Sends one JSON document. */
  public static void json(RoutingContext ctx, Json.Content content) {
    send(ctx, Format.JSON.contentType(), Json.buffer(content));
  }

  /** Sends one page of rows; {@code nextCursor} is null on the last one. */
  public static void page(
      RoutingContext ctx, Format format, Buffer body, @Nullable String nextCursor) {
    if (nextCursor != null) {
      ctx.response().putHeader(NEXT_CURSOR, nextCursor);
    }
    ctx.response().headers().add(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    send(ctx, format.contentType(), body);
  }
}
