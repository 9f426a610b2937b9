package dev.candlewick.bench;

import io.vertx.core.json.JsonObject;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A new stream into {@code /v1/ingest} that keeps to the limits in its welcome. */
final class FeedStream implements Closeable {
  private final BenchSocket socket;
  private final int inflightMessages;
  private final long inflightBytes;
  private final Thread receiver;
  private long[] sizes = new long[1024];
  private long sent;
  private long committed;
  private long bytes;
  private @Nullable IOException ended;
  private Committed listener = seq -> {};

  /** Called when everything up to {@code seq} is committed, on the receiving thread. */
  interface Committed {
    void upTo(long seq);
  }

  private FeedStream(BenchSocket socket, JsonObject limits) {
    this.socket = socket;
    this.inflightMessages = limits.getInteger("inflight_messages");
    this.inflightBytes = limits.getLong("inflight_bytes");
    this.receiver = new Thread(this::receive, "acks");
    receiver.setDaemon(true);
  }

  /** Opens stream {@code name}, which must be new. */
  static FeedStream open(URI server, String name) throws IOException {
    BenchSocket socket = BenchSocket.open(server, "/v1/ingest");
    socket.send(new JsonObject().put("t", "hello").put("v", 1).put("stream", name));
    JsonObject welcome = socket.receive("welcome");
    FeedStream stream = new FeedStream(socket, welcome.getJsonObject("limits"));
    stream.receiver.start();
    return stream;
  }

  synchronized void onCommitted(Committed told) {
    listener = told;
  }

  /** Sends the frame of the next seq, counted from 1; waits while too much is in flight. */
  void send(byte[] frame) throws IOException, InterruptedException {
    write(frame);
    socket.flush();
  }

  /** Sends all of these frames and waits until all is committed. */
  void sendAll(List<byte[]> frames) throws IOException, InterruptedException {
    for (byte[] frame : frames) {
      write(frame);
    }
    flush();
  }

  /** The same, but frames that follow immediately are sent together, as a socket buffers them. */
  void write(byte[] frame) throws IOException, InterruptedException {
    if (!hasRoom(frame)) {
      socket.flush();
    }
    take(frame);
    socket.write(frame);
  }

  private synchronized boolean hasRoom(byte[] frame) {
    return sent - committed < inflightMessages && bytes + frame.length <= inflightBytes;
  }

  private synchronized void take(byte[] frame) throws IOException, InterruptedException {
    while (ended == null && !hasRoom(frame)) {
      wait();
    }
    throwIfEnded();
    if (++sent == sizes.length) {
      sizes = Arrays.copyOf(sizes, sizes.length * 2);
    }
    sizes[(int) sent] = frame.length;
    bytes += frame.length;
  }

  /** Waits until all is committed. */
  void flush() throws IOException, InterruptedException {
    socket.flush();
    awaitCommitted();
  }

  private synchronized void awaitCommitted() throws IOException, InterruptedException {
    while (ended == null && committed < sent) {
      wait();
    }
    throwIfEnded();
  }

  private void throwIfEnded() throws IOException {
    if (ended != null) {
      throw new IOException(
          (sent - committed) + " messages are open: " + ended.getMessage(), ended);
    }
  }

  private void receive() {
    try {
      while (true) {
        JsonObject message = socket.receive();
        if ("ack".equals(message.getString("t"))) {
          acked(message);
        } else if ("error".equals(message.getString("t"))) {
          throw new IOException(message.encode());
        }
      }
    } catch (IOException e) {
      synchronized (this) {
        ended = e;
        notifyAll();
      }
    }
  }

  private void acked(JsonObject ack) throws IOException {
    if (!ack.getJsonArray("rejected").isEmpty()) {
      throw new IOException("rows were rejected: " + ack.encode());
    }
    long upTo = ack.getLong("committed");
    Committed told;
    synchronized (this) {
      while (committed < upTo) {
        bytes -= sizes[(int) ++committed];
      }
      told = listener;
      notifyAll();
    }
    told.upTo(upTo);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
