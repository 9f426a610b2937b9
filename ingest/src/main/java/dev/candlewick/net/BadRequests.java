package dev.candlewick.net;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Answers anything that cannot be read as HTTP/1.1, in its head or between its chunks, and closes
 * the connection, since what follows cannot be parsed. Placed before Vert.x, which would close it
 * without an answer.
 */
final class BadRequests extends ChannelInboundHandlerAdapter {
  /** How long a client may keep sending after the answer, so that it gets to read it. */
  private static final long LINGER_MILLIS = 500;

  private boolean answered;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (answered) {
      ReferenceCountUtil.release(message);
    } else if (message instanceof HttpObject part && isBad(part)) {
      answered = true;
      String answer = answer(part);
      ReferenceCountUtil.release(message);
      // From the codec's position: it would not let bytes through between two answers.
      ctx.pipeline()
          .context(Wire.CODEC)
          .writeAndFlush(Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII));
      ctx.executor().schedule(() -> ctx.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  private static boolean isBad(HttpObject part) {
    return part.decoderResult().isFailure()
        || (part instanceof HttpMessage head && !isKnown(head.protocolVersion()));
  }

  private static boolean isKnown(HttpVersion version) {
    return version.equals(HttpVersion.HTTP_1_1) || version.equals(HttpVersion.HTTP_1_0);
  }

  private static String answer(HttpObject part) {
    Throwable cause = part.decoderResult().cause();
    if (cause instanceof TooLongHttpLineException) {
      return answer(414, "URI Too Long", "too_large", "the request line is too long");
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return answer(
          431, "Request Header Fields Too Large", "too_large", "the headers are too large");
    }
    if (cause == null && part instanceof HttpMessage head && isHttp(head)) {
      return answer(
          505, "HTTP Version Not Supported", "unsupported_version", "HTTP/1.1 is required");
    }
    return answer(400, "Bad Request", "malformed", "the request is not well-formed HTTP/1.1");
  }

  private static boolean isHttp(HttpMessage head) {
    return head.protocolVersion().protocolName().equals("HTTP");
  }

  private static String answer(int status, String title, String code, String detail) {
    UUID requestId = UUID.randomUUID();
    String body =
        """
        {"type":"about:blank","title":"%s","status":%d,"code":"%s","detail":"%s","request_id":"%s"}\
        """
            .formatted(title, status, code, detail, requestId);
    return """
    HTTP/1.1 %d %s\r
    content-type: application/problem+json\r
    x-content-type-options: nosniff\r
    x-request-id: %s\r
    connection: close\r
    content-length: %d\r
    \r
    %s\
    """
        .formatted(status, title, requestId, body.length(), body);
  }
}
