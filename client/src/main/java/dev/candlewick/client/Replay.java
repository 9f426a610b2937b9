package dev.candlewick.client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One recorded file as one stream. The file always gives the same messages, so the n-th of them has
 * seq n: after a restart, those below the server's {@code next_seq} are skipped.
 */
final class Replay implements Callable<Void> {
  private static final int FIRST_REJECTIONS = 10;

  /** The destination. */
  record Target(URI uri, @Nullable String apiKey, String stream) {}

  /**
   * The result for a file's rows.
   *
   * @param passedOver rows committed by an earlier run, not sent
   * @param committed rows that are in the database now, including {@code duplicates}
   * @param first the first rejected rows: where in the file, and why
   */
  record Result(
      long passedOver,
      long sent,
      long committed,
      long duplicates,
      long rejected,
      List<String> first) {}

  private final Path file;
  private final MessageReader.Opening opening;
  private final Target target;
  private final Pace pace;
  private final List<String> first = new CopyOnWriteArrayList<>();
  private final long startedAt = System.nanoTime();
  private long made;
  private volatile long passedOver;
  private volatile long sent;
  private volatile long recorded;
  private volatile boolean lostConnection;
  private volatile @Nullable IngestClient client;

  Replay(Path file, MessageReader.Opening opening, Target target, Pace pace) {
    this.file = file;
    this.opening = opening;
    this.target = target;
    this.pace = pace;
  }

  /** Sends the file and waits until all of it is committed, however long that takes. */
  @Override
  public @Nullable Void call() throws IOException, InterruptedException {
    try (MessageReader messages = opening.open(file);
        IngestClient session =
            IngestClient.connect(
                target.uri(), target.stream(), target.apiKey(), listener(messages))) {
      client = session;
      for (RecordedMessage next = messages.next(); next != null; next = messages.next()) {
        send(session, next);
      }
      while (!session.flush(Duration.ofMinutes(1))) {
        // The server has them or will have them; giving up would only leave that open.
      }
      return null;
    }
  }

  private void send(IngestClient session, RecordedMessage next)
      throws IngestException, InterruptedException {
    made++;
    if (made < session.nextSeq()) {
      passedOver += next.message().rows();
      return;
    }
    pace.await(next.recorded());
    session.send(next.message());
    sent += next.message().rows();
    recorded = next.recorded();
  }

  private IngestListener listener(MessageReader messages) {
    return new IngestListener() {
      @Override
      public void rejected(Rejection row) {
        if (first.size() < FIRST_REJECTIONS) {
          first.add(messages.place(row) + ": " + row.field() + " " + row.code());
        }
      }

      @Override
      public void disconnected(IOException cause) {
        lostConnection = true;
      }
    };
  }

  /** Whether the acks of this run were all there are: what they reject is all that was rejected. */
  boolean heardAll() {
    return passedOver == 0 && !lostConnection;
  }

  Path file() {
    return file;
  }

  /** Its stream. */
  String stream() {
    return target.stream();
  }

  /** The result for the file so far, or at the end. */
  Result result() {
    IngestClient session = client;
    if (session == null) {
      return new Result(0, 0, 0, 0, 0, List.of());
    }
    long rejected = session.rejected();
    long committed = session.committedRows() - rejected;
    return new Result(
        passedOver, sent, committed, session.duplicates(), rejected, List.copyOf(first));
  }

  /** The progress in one line; empty before it has started. */
  String progress() {
    IngestClient session = client;
    if (session == null || sent == 0) {
      return "";
    }
    double seconds = (System.nanoTime() - startedAt) / (double) TimeUnit.SECONDS.toNanos(1);
    return String.format(
        Locale.ROOT,
        "%s: %,d rows, %,.0f rows/s, committed %,d%s",
        file.getFileName(),
        sent,
        sent / seconds,
        session.committedRows(),
        recorded == 0 ? "" : ", recorded " + Instant.ofEpochMilli(recorded / 1_000_000));
  }
}
