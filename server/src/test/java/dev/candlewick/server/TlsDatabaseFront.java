package dev.candlewick.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * PostgreSQL's TLS before a database that need not speak it: what a client sees is the real thing.
 */
final class TlsDatabaseFront implements AutoCloseable {
  private static final int SSL_REQUEST_BYTES = 8;

  private final ServerSocket listening;
  private final SSLContext tls;
  private final String host;
  private final int port;

  TlsDatabaseFront(SSLContext tls, String host, int port) throws IOException {
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.tls = tls;
    this.host = host;
    this.port = port;
    thread(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void thread(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException ended) {
                // A refused handshake or a closed connection: what the tests are about.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (!listening.isClosed()) {
      Socket client = listening.accept();
      thread(() -> serve(client));
    }
  }

  private void serve(Socket client) throws IOException {
    client.getInputStream().readNBytes(SSL_REQUEST_BYTES);
    client.getOutputStream().write('S');
    SSLSocket secure =
        (SSLSocket) tls.getSocketFactory().createSocket(client, null, client.getPort(), true);
    secure.setUseClientMode(false);
    secure.startHandshake();
    Socket database = new Socket(host, port);
    thread(() -> copy(secure.getInputStream(), database.getOutputStream(), database));
    copy(database.getInputStream(), secure.getOutputStream(), secure);
  }

  private static void copy(InputStream from, OutputStream to, Socket close) throws IOException {
    try {
      from.transferTo(to);
    } finally {
      close.close();
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
