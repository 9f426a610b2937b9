package dev.candlewick.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** HTTP by hand on a bare socket: what no well-behaved client would send, or so slowly. */
final class RawHttp implements AutoCloseable {
  private final Socket socket;

  RawHttp(URI server) throws IOException {
    socket = new Socket(server.getHost(), server.getPort());
    socket.setTcpNoDelay(true);
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Everything the server says until it ends the connection; fails if it does not in time. */
  String readToEnd(Duration atMost) throws IOException {
    long end = System.nanoTime() + atMost.toNanos();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    byte[] chunk = new byte[8_192];
    while (true) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("still open after %s; it said: %s".formatted(atMost, said));
      }
      socket.setSoTimeout((int) left);
      try {
        int read = in.read(chunk);
        if (read < 0) {
          return said.toString(StandardCharsets.ISO_8859_1);
        }
        said.write(chunk, 0, read);
      } catch (SocketTimeoutException silent) {
        throw new AssertionError("still open after %s; it said: %s".formatted(atMost, said));
      } catch (IOException reset) {
        return said.toString(StandardCharsets.ISO_8859_1);
      }
    }
  }

  /** The next answer's head and what came with it of its body; the connection stays. */
  String readHead(Duration atMost) throws IOException {
    socket.setSoTimeout((int) atMost.toMillis());
    byte[] chunk = new byte[8_192];
    StringBuilder said = new StringBuilder();
    while (said.indexOf("\r\n\r\n") < 0) {
      int read = socket.getInputStream().read(chunk);
      if (read < 0) {
        return said.toString();
      }
      said.append(new String(chunk, 0, read, StandardCharsets.ISO_8859_1));
    }
    return said.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
