package dev.candlewick.client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One recorded file as one stream, or dealt to several, message by message. The file always gives
 * the same messages, so the n-th message of a stream has seq n: after a restart, those below the
 * server's {@code next_seq} are skipped.
 */
final class Replay implements Callable<Void> {
  private static final int FIRST_REJECTIONS = 10;

  /** It is told so, or sees by the next welcome that less is committed than it was told. */
  private static final Set<String> SET_BACK = Set.of("rewound", "out_of_step");

  /** The destination: at least one stream. */
  record Target(URI uri, @Nullable String apiKey, List<String> streams) {}

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
  private volatile boolean setBack;
  private volatile long rejectedBefore;
  private final List<IngestClient> sessions = new CopyOnWriteArrayList<>();

  Replay(Path file, MessageReader.Opening opening, Target target, Pace pace) {
    this.file = file;
    this.opening = opening;
    this.target = target;
    this.pace = pace;
  }

  /** Sends the file and waits until all of it is committed, however long that takes. */
  @Override
  public @Nullable Void call() throws IOException, InterruptedException {
    while (!sendAll()) {
      setBack = true;
      rejectedBefore += sumOf(IngestClient::rejected);
      sessions.clear();
      made = 0;
      passedOver = 0;
      sent = 0;
    }
    return null;
  }

  /** Reads the file once; false if the database was set back below what it had committed. */
  private boolean sendAll() throws IOException, InterruptedException {
    try (MessageReader messages = opening.open(file)) {
      for (String stream : target.streams()) {
        IngestListener listener = listener(messages, sessions.size());
        sessions.add(IngestClient.connect(target.uri(), stream, target.apiKey(), listener));
      }
      for (RecordedMessage next = messages.next(); next != null; next = messages.next()) {
        send(next);
      }
      for (IngestClient session : sessions) {
        while (!session.flush(Duration.ofMinutes(1))) {
          // The server has them or will have them; giving up would only leave that open.
        }
      }
      return true;
    } catch (IngestException e) {
      if (!SET_BACK.contains(e.code())) {
        throw e;
      }
      return false;
    } finally {
      sessions.forEach(IngestClient::close);
    }
  }

  private void send(RecordedMessage next) throws IngestException, InterruptedException {
    IngestClient session = sessions.get((int) (made % sessions.size()));
    long seq = made++ / sessions.size() + 1;
    if (seq < session.nextSeq()) {
      passedOver += next.message().rows();
      return;
    }
    pace.await(next.recorded());
    session.send(next.message());
    sent += next.message().rows();
    recorded = next.recorded();
  }

  private IngestListener listener(MessageReader messages, int stream) {
    return new IngestListener() {
      @Override
      public void rejected(Rejection row) {
        if (first.size() < FIRST_REJECTIONS) {
          long message = (row.seq() - 1) * target.streams().size() + stream + 1;
          String place = messages.place(message, row.index());
          first.add(place + ": " + row.field() + " " + row.code());
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

  /** Whether the database went back in time, and what it had lost was sent again. */
  boolean wasSetBack() {
    return setBack;
  }

  Path file() {
    return file;
  }

  /** Its streams. */
  List<String> streams() {
    return target.streams();
  }

  /** The result for the file so far, or at the end. */
  Result result() {
    long rejected = sumOf(IngestClient::rejected);
    return new Result(
        passedOver,
        sent,
        committedRows() - rejected,
        sumOf(IngestClient::duplicates),
        rejected + rejectedBefore,
        List.copyOf(first));
  }

  private long committedRows() {
    return sumOf(IngestClient::committedRows);
  }

  private long sumOf(ToLongFunction<IngestClient> count) {
    return sessions.stream().mapToLong(count).sum();
  }

  /** The progress in one line; empty before it has started. */
  String progress() {
    if (sent == 0) {
      return "";
    }
    double seconds = (System.nanoTime() - startedAt) / (double) TimeUnit.SECONDS.toNanos(1);
    return String.format(
        Locale.ROOT,
        "%s: %,d rows, %,.0f rows/s, committed %,d%s",
        file.getFileName(),
        sent,
        sent / seconds,
        committedRows(),
        recorded == 0 ? "" : ", recorded " + Instant.ofEpochMilli(recorded / 1_000_000));
  }
}
