package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** RFC 6455 by hand on a bare socket: whatever a broken or hostile client may put on the wire. */
final class RawSocket implements AutoCloseable {
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;
  static final int FIN = 0x80;
  static final int RSV1 = 0x40;
  static final int RSV2 = 0x20;
  static final int RSV3 = 0x10;

  private static final byte[] MASK = {0x12, 0x34, 0x56, 0x78};

  private final Socket socket;
  private final DataInputStream in;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

  private RawSocket(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
  }

  /** A frame of the server. */
  record Frame(int opcode, boolean last, byte[] payload) {
    String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }

    int closeCode() {
      return payload.length < 2 ? 1005 : (payload[0] & 0xFF) << 8 | payload[1] & 0xFF;
    }
  }

  static RawSocket open(URI server, String... headers) {
    return openAt(server, "/v1/ingest", headers);
  }

  static RawSocket openAt(URI server, String path, String... headers) {
    try {
      Socket socket = new Socket();
      // A small window, so that what is not read soon fills it.
      socket.setReceiveBufferSize(16_384);
      socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
      socket.setSoTimeout(15_000);
      socket.setTcpNoDelay(true);
      RawSocket raw = new RawSocket(socket);
      String upgrade =
          "GET "
              + path
              + """
               HTTP/1.1\r
              Host: localhost\r
              Upgrade: websocket\r
              Connection: Upgrade\r
              Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
              Sec-WebSocket-Version: 13\r
              """;
      for (int i = 0; i < headers.length; i += 2) {
        upgrade += headers[i] + ": " + headers[i + 1] + "\r\n";
      }
      upgrade += "\r\n";
      socket.getOutputStream().write(upgrade.getBytes(StandardCharsets.US_ASCII));
      assertThat(raw.head()).startsWith("HTTP/1.1 101").contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      return raw;
    } catch (IOException e) {
      throw new IllegalStateException("no upgrade", e);
    }
  }

  private String head() throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      head.append((char) in.readUnsignedByte());
    }
    return head.toString();
  }

  /** Says hello and takes the welcome. */
  JsonObject hello(String stream) {
    text("{\"t\":\"hello\",\"v\":1,\"stream\":\"" + stream + "\"}");
    return json();
  }

  void text(String text) {
    frame(FIN | TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends a frame: its first byte (flags and opcode) and its payload, masked. */
  void frame(int first, byte[] payload) {
    add(first, payload, true);
    flush();
  }

  /** Puts a frame aside until {@link #flush}, so that many go out at once. */
  void add(int first, byte[] payload, boolean masked) {
    pending.write(first);
    int mask = masked ? 0x80 : 0;
    if (payload.length < 126) {
      pending.write(mask | payload.length);
    } else if (payload.length < 65_536) {
      pending.write(mask | 126);
      pending.write(payload.length >> 8);
      pending.write(payload.length);
    } else {
      pending.write(mask | 127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        pending.write((int) ((long) payload.length >> shift));
      }
    }
    if (masked) {
      pending.writeBytes(MASK);
    }
    for (int i = 0; i < payload.length; i++) {
      pending.write(masked ? payload[i] ^ MASK[i % 4] : payload[i]);
    }
  }

  /** Sends bytes as they are. */
  void bytes(int... bytes) {
    for (int b : bytes) {
      pending.write(b);
    }
    flush();
  }

  /** Sends bytes as they are. */
  void send(byte[] bytes) {
    pending.writeBytes(bytes);
    flush();
  }

  void flush() {
    try {
      socket.getOutputStream().write(pending.toByteArray());
      pending.reset();
    } catch (IOException alreadyClosed) {
      // What the server has said before it closed is still to be read.
      pending.reset();
    }
  }

  /** The server's next frame; null if the connection ended without one. */
  @Nullable Frame read() {
    try {
      int first = in.readUnsignedByte();
      long length = in.readUnsignedByte();
      assertThat(length & 0x80).as("a server never masks").isZero();
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = in.readLong();
      }
      byte[] payload = new byte[(int) length];
      in.readFully(payload);
      return new Frame(first & 0x0F, (first & FIN) != 0, payload);
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("silence for 15 s", e);
    } catch (IOException ended) {
      return null;
    }
  }

  /** The server's next frame, which must be a text frame. */
  JsonObject json() {
    Frame frame = read();
    assertThat(frame).as("a frame of the server").isNotNull();
    assertThat(frame.opcode()).isEqualTo(TEXT);
    return new JsonObject(frame.text());
  }

  /** The next ack that reaches this seq. */
  JsonObject ackOf(long seq) {
    JsonObject ack = json();
    while (!ack.getString("t").equals("ack") || ack.getLong("committed") < seq) {
      ack = json();
    }
    return ack;
  }

  /** The code that the server closes with; 1006 if it ends the connection without one. */
  int closeCode() {
    for (Frame frame = read(); frame != null; frame = read()) {
      if (frame.opcode() == CLOSE) {
        return frame.closeCode();
      }
    }
    return 1006;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException("cannot close", e);
    }
  }
}
