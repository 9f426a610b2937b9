package dev.candlewick.net;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketFrame;
import java.util.Optional;

/**
 * Assembles frames into whole text messages. Not the built-in aggregation, because that drops an
 * oversized message silently and gets stuck on an empty first fragment; text is kept as bytes,
 * because decoding would silently turn invalid UTF-8 into U+FFFD.
 */
public final class FrameAssembler {
  private final int limit;
  private Buffer message = Buffer.buffer();

  /** For messages of at most so many bytes. */
  public FrameAssembler(int limit) {
    this.limit = limit;
  }

  /** What the connection must be closed with. */
  public static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;
    public final short closeCode;
    public final String code;

    RefusedException(int closeCode, String code, String detail) {
      super(detail, null, false, false);
      this.closeCode = (short) closeCode;
      this.code = code;
    }
  }

  /** Bytes of the message received so far. */
  int held() {
    return message.length();
  }

  /** The message that this frame completes, if it does. */
  public Optional<byte[]> add(WebSocketFrame frame) throws RefusedException {
    if (frame.isBinary()) {
      throw new RefusedException(1003, "unsupported_data", "expected a text frame");
    }
    Buffer data = frame.binaryData();
    if (message.length() + data.length() > limit) {
      throw new RefusedException(1009, "too_large", "a message may have " + limit + " bytes");
    }
    byte[] whole;
    if (message.length() == 0 && frame.isFinal()) {
      whole = data.getBytes();
    } else {
      message.appendBuffer(data);
      if (!frame.isFinal()) {
        return Optional.empty();
      }
      whole = message.getBytes();
      message = Buffer.buffer();
    }
    if (!Utf8.valid(whole, whole.length)) {
      throw new RefusedException(1007, "malformed", "not UTF-8");
    }
    return Optional.of(whole);
  }
}
