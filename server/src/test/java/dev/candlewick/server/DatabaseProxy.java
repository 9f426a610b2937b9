package dev.candlewick.server;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between the server and PostgreSQL and knows so much of the protocol that it can lose the
 * reply to the COMMIT of a transaction that has written rows: the database has committed, and the
 * client is left with a broken connection. It can also end a backend at such a moment, go silent,
 * be slow, and cut.
 */
public final class DatabaseProxy implements AutoCloseable {
  private static final int SSL_REQUEST = 80_877_103;
  private static final int GSS_REQUEST = 80_877_104;

  private final ServerSocket listening;
  private final URI database;
  private final Set<Link> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger commitsToLose = new AtomicInteger();
  private final AtomicInteger copiesToEnd = new AtomicInteger();
  private final AtomicInteger copiesToSilence = new AtomicInteger();
  private final AtomicInteger framesToSilence = new AtomicInteger();
  private final AtomicInteger commitsToEnd = new AtomicInteger();
  private final AtomicInteger hits = new AtomicInteger();
  private final Object wire = new Object();
  private volatile Silence silence = new Silence(false, Silence.ANY);
  private volatile String silentSession = "";
  private volatile boolean away;
  private volatile boolean silent;
  private volatile int bytesPerSecond = Integer.MAX_VALUE;
  private volatile Duration delay = Duration.ZERO;

  public DatabaseProxy(String databaseUrl) {
    this.database = URI.create(databaseUrl);
    try {
      this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new IllegalStateException("no proxy", e);
    }
    thread("accept", this::accept);
  }

  /** The database's URL by way of the proxy. */
  public String url() {
    return "postgresql://%s@127.0.0.1:%d%s"
        .formatted(database.getRawUserInfo(), listening.getLocalPort(), database.getPath());
  }

  /** Loses the replies to the next so many COMMITs of written rows. */
  public void loseCommits(int count) {
    hits.set(0);
    commitsToLose.set(count);
  }

  /** Ends the backends of the next so many COPYs, before they have got a row. */
  public void endInCopy(int count) {
    hits.set(0);
    copiesToEnd.set(count);
  }

  /** Goes silent on the connections of the next so many COPYs, before they have got a row. */
  public void silenceInCopy(int count) {
    hits.set(0);
    copiesToSilence.set(count);
  }

  /**
   * A kind of message.
   *
   * @param up whether it goes to the database
   * @param type its first byte, or {@link #ANY}
   */
  public record Silence(boolean up, int type) {
    public static final int ANY = -1;

    boolean fits(boolean goesUp, int itsType) {
      return up == goesUp && (type == ANY || type == itsType);
    }
  }

  /** Goes silent on the connection of the n-th message of a kind, in the middle of that message. */
  public void silenceAt(Silence kind, int nth) {
    silenceAt("", kind, nth);
  }

  /** The same, of sessions whose start names this. */
  public void silenceAt(String session, Silence kind, int nth) {
    hits.set(0);
    silentSession = session;
    silence = kind;
    framesToSilence.set(nth);
  }

  /** Ends the backends of the next so many COMMITs of written rows, while they are at it. */
  public void endAtCommit(int count) {
    hits.set(0);
    commitsToEnd.set(count);
  }

  /** How often the last of these orders was carried out. */
  public int hits() {
    return hits.get();
  }

  /** From now on the database cannot be reached. */
  public void away() {
    away = true;
    cut();
  }

  /** From now on it can again. */
  public void back() {
    away = false;
  }

  /** Cuts every connection. */
  public void cut() {
    open.forEach(Link::close);
  }

  /**
   * While silent, nothing is passed on and nothing is closed. A connection of which something was
   * swallowed stays silent for ever.
   */
  public void silent(boolean now) {
    silent = now;
  }

  /** A slow line: so much for all connections together, and so late each time the server asks. */
  public void slow(int bytesASecond, Duration each) {
    bytesPerSecond = bytesASecond;
    delay = each;
  }

  /** Ends {@link #slow}. */
  public void fast() {
    slow(Integer.MAX_VALUE, Duration.ZERO);
  }

  private static void thread(String name, Runnable work) {
    Thread thread = new Thread(work, "database proxy " + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Link link = new Link(listening.accept());
        open.add(link);
        if (away) {
          link.close();
        } else {
          thread("up", link::up);
        }
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static boolean takeOne(AtomicInteger count) {
    return count.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
  }

  /** A message of the protocol. */
  private record Frame(int type, byte[] payload) {
    static Frame read(DataInputStream in) throws IOException {
      int type = in.readUnsignedByte();
      byte[] payload = new byte[in.readInt() - 4];
      in.readFully(payload);
      return new Frame(type, payload);
    }

    void write(DataOutputStream out) throws IOException {
      out.writeByte(type);
      out.writeInt(payload.length + 4);
      out.write(payload);
    }

    /** The n-th of the texts, each ended by a zero, that the payload begins with. */
    String text(int n) {
      return new String(payload, StandardCharsets.ISO_8859_1).split("\0", n + 2)[n];
    }
  }

  /** A connection of the server, and the one to the database that stands behind it. */
  private final class Link {
    private final Socket client;
    private final Socket server = new Socket();
    private final Set<String> commitStatements = ConcurrentHashMap.newKeySet();
    private volatile String session = "";
    private volatile boolean swallowed;
    private volatile boolean wroteRows;
    private volatile int backend;

    Link(Socket client) {
      this.client = client;
    }

    void close() {
      for (Socket socket : new Socket[] {client, server}) {
        try {
          socket.close();
        } catch (IOException alreadyBroken) {
          // Closed is all it has to be.
        }
      }
      open.remove(this);
    }

    /** Whether what is at hand must not be passed on. */
    private boolean swallows() {
      swallowed |= silent;
      return swallowed;
    }

    void up() {
      try {
        client.setTcpNoDelay(true);
        DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
        byte[] startup = startup(in);
        session = new String(startup, StandardCharsets.ISO_8859_1);
        while (swallows()) {
          in.readByte();
        }
        server.connect(new InetSocketAddress(database.getHost(), database.getPort()));
        server.setTcpNoDelay(true);
        thread("down", this::down);
        DataOutputStream out =
            new DataOutputStream(new BufferedOutputStream(server.getOutputStream()));
        out.write(startup);
        out.flush();
        while (true) {
          Frame frame = Frame.read(in);
          if (!swallows() && !breaksOff(true, frame, out)) {
            line(frame.payload().length, in.available() == 0);
            frame.write(out);
            if (in.available() == 0) {
              out.flush();
            }
            endAtCommit(frame);
          }
        }
      } catch (IOException ended) {
        // Both ends go together.
      } finally {
        closeUnlessSilent();
      }
    }

    /** One that is silent does not even answer the end of the other half of the connection. */
    private void closeUnlessSilent() {
      if (!swallowed) {
        close();
      }
    }

    /** The first message, which has no type; the wish for encryption before it is declined. */
    private byte[] startup(DataInputStream in) throws IOException {
      while (true) {
        int length = in.readInt();
        byte[] rest = new byte[length - 4];
        in.readFully(rest);
        int code = ByteBuffer.wrap(rest).getInt();
        if (code != SSL_REQUEST && code != GSS_REQUEST) {
          return ByteBuffer.allocate(length).putInt(length).put(rest).array();
        }
        client.getOutputStream().write('N');
      }
    }

    /** The other end has heard of a message that it never ends. */
    private boolean breaksOff(boolean up, Frame frame, DataOutputStream out) throws IOException {
      if (!silence.fits(up, frame.type())
          || !session.contains(silentSession)
          || framesToSilence.getAndUpdate(n -> Math.max(0, n - 1)) != 1) {
        return false;
      }
      swallowed = true;
      out.writeByte(frame.type());
      out.writeInt(frame.payload().length + 4);
      out.write(frame.payload(), 0, frame.payload().length / 2);
      out.flush();
      hits.incrementAndGet();
      return true;
    }

    private void line(int bytes, boolean last) {
      if (bytesPerSecond < Integer.MAX_VALUE) {
        synchronized (wire) {
          ServerProcess.sleep(bytes * 1_000L / bytesPerSecond);
        }
      }
      if (last && !delay.isZero()) {
        ServerProcess.sleep(delay.toMillis());
      }
    }

    /** Statements that are used often have a name, and their text is not sent again. */
    private void endAtCommit(Frame frame) {
      if (frame.type() == 'P') {
        commitStatements.remove(frame.text(0));
        if (frame.text(1).equals("COMMIT")) {
          commitStatements.add(frame.text(0));
        }
      } else if (frame.type() == 'B'
          && wroteRows
          && commitStatements.contains(frame.text(1))
          && takeOne(commitsToEnd)) {
        thread("end", this::endBackend);
      }
    }

    private void endBackend() {
      TestDatabase.at(database).text("select pg_terminate_backend(" + backend + ")");
      hits.incrementAndGet();
    }

    void down() {
      try {
        DataInputStream in = new DataInputStream(new BufferedInputStream(server.getInputStream()));
        DataOutputStream out =
            new DataOutputStream(new BufferedOutputStream(client.getOutputStream()));
        while (true) {
          Frame frame = Frame.read(in);
          if (!swallows()) {
            if (losesCommit(frame)) {
              return;
            }
            if (swallowed || breaksOff(false, frame, out)) {
              continue;
            }
            frame.write(out);
            if (in.available() == 0) {
              out.flush();
            }
          }
        }
      } catch (IOException ended) {
        // Both ends go together.
      } finally {
        closeUnlessSilent();
      }
    }

    /**
     * Hears what the database says; true if the connection is to end before the client hears it.
     */
    private boolean losesCommit(Frame frame) {
      if (frame.type() == 'K') {
        backend = ByteBuffer.wrap(frame.payload()).getInt();
      } else if (frame.type() == 'G' && takeOne(copiesToEnd)) {
        endBackend();
      } else if (frame.type() == 'G' && takeOne(copiesToSilence)) {
        swallowed = true;
        hits.incrementAndGet();
      } else if (frame.type() == 'C') {
        String tag = frame.text(0);
        if (tag.equals("COMMIT") && wroteRows && takeOne(commitsToLose)) {
          hits.incrementAndGet();
          return true;
        }
        wroteRows = !tag.matches("COMMIT|ROLLBACK") && (wroteRows || tag.startsWith("COPY"));
      }
      return false;
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
