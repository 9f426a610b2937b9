package dev.candlewick.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A connection of HTTP/1.1 with next to no overhead, so that what is measured is the server:
 * requests are sent already encoded, bodies are received as bytes. For one thread, against a server
 * that gives the length of its answers or sends them in chunks.
 */
final class BenchHttp implements Closeable {
  private static final String LENGTH = "content-length:";

  private final String authority;
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  BenchHttp(URI server) throws IOException {
    this.authority = server.getAuthority();
    this.socket = new Socket(server.getHost(), server.getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(60_000);
    this.in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    this.out = socket.getOutputStream();
  }

  /** A POST of JSON as it goes over the wire. */
  static byte[] post(URI server, String path, String json) {
    return ("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
                .formatted(path, server.getAuthority())
            + "Content-Length: %d\r\n\r\n%s".formatted(json.length(), json))
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** The body of the answer, which must be 200. */
  byte[] get(String path) throws IOException {
    return send(
        "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n"
            .formatted(path, authority)
            .getBytes(StandardCharsets.US_ASCII));
  }

  /** Sends a request; the body of the answer, which must be 200. */
  byte[] send(byte[] request) throws IOException {
    out.write(request);
    out.flush();
    String status = line();
    int length = -1;
    for (String header = line(); !header.isEmpty(); header = line()) {
      if (header.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
        length = Integer.parseInt(header.substring(LENGTH.length()).strip());
      }
    }
    byte[] body = length < 0 ? chunks() : in.readNBytes(length);
    if (!status.startsWith("HTTP/1.1 200 ")) {
      throw new IOException(status + " " + new String(body, StandardCharsets.UTF_8));
    }
    return body;
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream(1 << 17);
    for (int size = chunk(); size > 0; size = chunk()) {
      body.write(in.readNBytes(size));
      line();
    }
    line();
    return body.toByteArray();
  }

  private int chunk() throws IOException {
    return Integer.parseInt(line(), 16);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder(64);
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the server closed the connection");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
