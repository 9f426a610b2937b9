package dev.candlewick.bench;

import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * A WebSocket client with next to no overhead, so that what is measured is the server: frames are
 * sent already encoded, under a mask of zeros (RFC 6455 section 5.3 wants a random one against
 * attacks on proxies; there is none in between). One thread may send, one receive.
 */
final class BenchSocket implements Closeable {
  private static final int TEXT = 0x81;
  private static final int CLOSE = 0x88;
  private static final int PING = 0x89;
  private static final int PONG = 0x8A;
  private static final int MASKED = 0x80;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  private BenchSocket(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
    this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
  }

  /** Opens {@code path} of the server at {@code http://host:port}. */
  static BenchSocket open(URI server, String path) throws IOException {
    BenchSocket opened = new BenchSocket(new Socket(server.getHost(), server.getPort()));
    opened.socket.setTcpNoDelay(true);
    opened.socket.setSoTimeout(60_000);
    opened.upgrade(server, path);
    return opened;
  }

  private void upgrade(URI server, String path) throws IOException {
    String request =
        "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    out.write(request.formatted(path, server.getAuthority()).getBytes(StandardCharsets.US_ASCII));
    out.flush();
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0) {
      answer.append((char) in.readUnsignedByte());
    }
    if (!answer.toString().startsWith("HTTP/1.1 101 ")) {
      throw new IOException("no WebSocket: " + answer.substring(0, answer.indexOf("\r\n")));
    }
  }

  /** Sends a text frame. */
  void send(byte[] payload) throws IOException {
    send(TEXT, payload);
  }

  /** The same, but it may wait for {@link #flush}, or be sent together with others. */
  void write(byte[] payload) throws IOException {
    write(TEXT, payload);
  }

  /** Sends what was written. */
  synchronized void flush() throws IOException {
    out.flush();
  }

  void send(JsonObject message) throws IOException {
    send(message.encode().getBytes(StandardCharsets.UTF_8));
  }

  private void send(int opcode, byte[] payload) throws IOException {
    write(opcode, payload);
    flush();
  }

  private synchronized void write(int opcode, byte[] payload) throws IOException {
    out.writeByte(opcode);
    if (payload.length < 126) {
      out.writeByte(MASKED | payload.length);
    } else if (payload.length < 1 << 16) {
      out.writeByte(MASKED | 126);
      out.writeShort(payload.length);
    } else {
      out.writeByte(MASKED | 127);
      out.writeLong(payload.length);
    }
    out.writeInt(0);
    out.write(payload);
  }

  /** The next text message; waits for it, at most 60 s. */
  JsonObject receive() throws IOException {
    while (true) {
      int opcode = in.readUnsignedByte();
      int length = in.readUnsignedByte();
      long bytes = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
      byte[] payload = in.readNBytes((int) bytes);
      if (opcode == TEXT) {
        return new JsonObject(new String(payload, StandardCharsets.UTF_8));
      } else if (opcode == PING) {
        send(PONG, payload);
      } else if (opcode == CLOSE) {
        throw new IOException("the server closed the connection");
      } else {
        throw new IOException("a frame with opcode " + opcode + " is not expected here");
      }
    }
  }

  /** The next message, which must have this type. */
  JsonObject receive(String type) throws IOException {
    JsonObject message = receive();
    if (!type.equals(message.getString("t"))) {
      throw new IOException("not " + type + ": " + message);
    }
    return message;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
