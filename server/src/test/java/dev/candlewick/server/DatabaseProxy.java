package dev.candlewick.server;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between the server and PostgreSQL and knows so much of the protocol that it can lose the
 * reply to the COMMIT of a transaction that has written rows: the database has committed, and the
 * client is left with a broken connection.
 */
final class DatabaseProxy implements AutoCloseable {
  private static final int SSL_REQUEST = 80_877_103;
  private static final int GSS_REQUEST = 80_877_104;

  private final ServerSocket listening;
  private final URI database;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger toLose = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private volatile boolean away;

  DatabaseProxy(String databaseUrl) {
    this.database = URI.create(databaseUrl);
    try {
      this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new IllegalStateException("no proxy", e);
    }
    thread("accept", this::accept);
  }

  /** The database's URL by way of the proxy. */
  String url() {
    return "postgresql://%s@127.0.0.1:%d%s"
        .formatted(database.getRawUserInfo(), listening.getLocalPort(), database.getPath());
  }

  /** Loses the replies to the next so many COMMITs of written rows. */
  void loseCommits(int count) {
    toLose.set(count);
    lost.set(0);
  }

  /** How many were lost. */
  int lost() {
    return lost.get();
  }

  /** From now on the database cannot be reached. */
  void away() {
    away = true;
    cut();
  }

  /** From now on it can again. */
  void back() {
    away = false;
  }

  /** Cuts every connection. */
  void cut() {
    open.forEach(DatabaseProxy::closeQuietly);
  }

  private static void thread(String name, Runnable work) {
    Thread thread = new Thread(work, "database proxy " + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        if (away) {
          client.close();
          continue;
        }
        Socket server = new Socket(database.getHost(), database.getPort());
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        open.add(client);
        open.add(server);
        thread("up", () -> up(client, server));
        thread("down", () -> down(server, client));
      } catch (IOException closedOrNoDatabase) {
        ServerProcess.sleep(10);
      }
    }
  }

  private void up(Socket client, Socket server) {
    try {
      DataInputStream in = new DataInputStream(client.getInputStream());
      OutputStream out = server.getOutputStream();
      boolean started = false;
      while (!started) {
        int length = in.readInt();
        byte[] rest = new byte[length - 4];
        in.readFully(rest);
        int code = java.nio.ByteBuffer.wrap(rest).getInt();
        if (code == SSL_REQUEST || code == GSS_REQUEST) {
          client.getOutputStream().write('N');
        } else {
          out.write(java.nio.ByteBuffer.allocate(4).putInt(length).array());
          out.write(rest);
          started = true;
        }
      }
      in.transferTo(out);
    } catch (IOException cut) {
      // Both ends go together.
    } finally {
      end(client, server);
    }
  }

  private void down(Socket server, Socket client) {
    try {
      DataInputStream in = new DataInputStream(server.getInputStream());
      OutputStream out = client.getOutputStream();
      boolean wrote = false;
      while (true) {
        int type = in.readUnsignedByte();
        int length = in.readInt();
        byte[] payload = new byte[length - 4];
        in.readFully(payload);
        if (type == 'C') {
          String tag = new String(payload, 0, payload.length - 1, StandardCharsets.US_ASCII);
          if (tag.equals("COMMIT") && wrote && toLose.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            lost.incrementAndGet();
            return;
          }
          wrote = !tag.equals("COMMIT") && (wrote || tag.startsWith("COPY"));
        }
        out.write(
            java.nio.ByteBuffer.allocate(5 + payload.length)
                .put((byte) type)
                .putInt(length)
                .put(payload)
                .array());
      }
    } catch (IOException cut) {
      // Both ends go together.
    } finally {
      end(client, server);
    }
  }

  private void end(Socket client, Socket server) {
    closeQuietly(client);
    closeQuietly(server);
    open.remove(client);
    open.remove(server);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException alreadyBroken) {
      // Closed is all it has to be.
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new IllegalStateException("cannot close", e);
    }
    cut();
  }
}
