package dev.candlewick.ingest.socket;

import dev.candlewick.ingest.decode.DecodeException;
import dev.candlewick.ingest.decode.DecodeException.Fault;
import dev.candlewick.ingest.decode.Envelope;
import dev.candlewick.ingest.message.Answer;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.message.Position;
import dev.candlewick.ingest.message.StreamName;
import dev.candlewick.ingest.message.StreamState;
import dev.candlewick.ingest.row.RowType;
import dev.candlewick.ingest.source.IngestKey;
import dev.candlewick.ingest.source.Intake;
import dev.candlewick.ingest.source.RecordIntake;
import dev.candlewick.ingest.table.Streams;
import dev.candlewick.net.TextSocket;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step 2 of the write path: one feed's WebSocket. Lives on one event loop; lanes answer from their
 * own threads and switch to it. {@link #message} is the spine.
 */
public final class IngestSession implements Answer, TextSocket.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(IngestSession.class);
  private static final Pattern STREAM = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final int POLICY = 1008;
  private static final int GOING_AWAY = 1001;
  private static final int FENCED = 4409;
  private static final int TRY_AGAIN_LATER = 1013;
  private static final long HEARTBEAT_MILLIS = 20_000;
  private static final long BUSY_MILLIS = 1_000;
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

  private final Intake intake;
  private final Sessions sessions;
  private final Limits limits;
  private final TextSocket socket;
  private final Context context;
  private final IngestKey key;
  private final int apiKeyId;
  private final Backpressure backpressure;

  private @Nullable StreamState stream;
  private boolean greeting;
  private volatile boolean fenced;
  private volatile long committed;
  private long nextSeq;
  private boolean gapTold;
  private boolean looked;

  private PendingAck ack = new PendingAck(0, Durability.FULL, false);
  private boolean ackScheduled;
  private long heartbeat;

  public IngestSession(
      Intake intake, Sessions sessions, Limits limits, TextSocket socket, IngestKey key) {
    this.intake = intake;
    this.sessions = sessions;
    this.limits = limits;
    this.socket = socket;
    this.context = socket.context();
    this.key = key;
    this.apiKeyId = key.id();
    this.backpressure = new Backpressure(socket, limits, intake.quota(key), intake.metrics(), this);
  }

  void start() {
    heartbeat = context.owner().setPeriodic(HEARTBEAT_MILLIS, beat -> beat());
    socket.start(this);
  }

  @Override
  public void drained() {
    sendAck();
  }

  @Override
  public void ended() {
    context.owner().cancelTimer(heartbeat);
    backpressure.hold(0);
    sessions.closed(this);
  }

  @Override
  public void hold(int bytes) {
    backpressure.hold(bytes);
  }

  /** Detects dead connections. */
  private void beat() {
    boolean silent = socket.silence().compareTo(LONGEST_SILENCE) > 0;
    boolean waitsForDatabase = greeting && stream == null;
    if (backpressure.dribbles()) {
      socket.close(POLICY, "a message took too long");
    } else if (silent && !backpressure.pauses() && !waitsForDatabase) {
      socket.close(GOING_AWAY, "nothing was heard for a minute");
    } else {
      socket.ping("");
    }
  }

  @Override
  public void message(byte[] json) {
    if (stream != null && !backpressure.admits(json)) {
      return;
    }
    try {
      Envelope envelope = intake.decoder().decode(json);
      String type = envelope.type() == null ? "" : envelope.type();
      StreamState open = stream;
      if (type.equals("hello") && open == null && !greeting) {
        hello(envelope);
        return;
      }
      if (open == null) {
        throw new DecodeException(Fault.BAD_MESSAGE, "the first message must be hello");
      }
      take(open, envelope.rowType(), envelope, json);
    } catch (DecodeException e) {
      refused(e.fault.closeCode, e.fault.word(), e.detail());
    }
  }

  private void hello(Envelope envelope) throws DecodeException {
    String name = envelope.stream() == null ? "" : envelope.stream();
    if (envelope.version() != 1) {
      throw new DecodeException(Fault.BAD_MESSAGE, "v must be 1");
    }
    if (!STREAM.matcher(name).matches()) {
      throw new DecodeException(Fault.BAD_MESSAGE, "stream must match " + STREAM.pattern());
    }
    StreamName asked = new StreamName(apiKeyId, name);
    if (asked.isKafkas()) {
      throw new DecodeException(
          Fault.BAD_MESSAGE, "stream: names that begin with kafka. belong to topics");
    }
    greeting = true;
    socket.pause();
    context.owner().setTimer(BUSY_MILLIS, late -> tellBusyWhileGreeting());
    new Hello(intake, sessions, socket, this, asked).ask();
  }

  private void tellBusyWhileGreeting() {
    if (stream == null && socket.isOpen()) {
      socket.send(SessionJson.busy(BUSY_MILLIS));
      context.owner().setTimer(BUSY_MILLIS, late -> tellBusyWhileGreeting());
    }
  }

  void unavailable(String why) {
    refused(TRY_AGAIN_LATER, "unavailable", why);
  }

  void welcome(Streams.Greeting greeting) {
    socket.resume();
    StreamState opened = greeting.stream();
    stream = opened;
    nextSeq = opened.committedSeq() + 1;
    committed = opened.committedSeq();
    ack = new PendingAck(opened.committedSeq(), greeting.durability(), sessions.spools());
    socket.send(SessionJson.welcome(opened, greeting.durability(), limits));
  }

  /**
   * The sequence rule: the next one is accepted, an older one is a duplicate, a newer one is a gap.
   */
  private void take(StreamState open, RowType type, Envelope envelope, byte[] json)
      throws DecodeException {
    if (envelope.seq() < 0 || envelope.rows() == null) {
      throw new DecodeException(Fault.BAD_MESSAGE, "seq and rows are required");
    }
    if (!looked) {
      backpressure.spend(json.length);
    }
    if (envelope.seq() < nextSeq) {
      ackSoon();
      return;
    }
    if (envelope.seq() > nextSeq) {
      if (!gapTold) {
        gapTold = true;
        socket.send(SessionJson.seqGap(nextSeq));
      }
      return;
    }
    gapTold = false;
    Message.Checked checked = intake.check(type, envelope, json, key);
    if (type == RowType.RECORDS && !looked && RecordIntake.mayBeStale(checked)) {
      backpressure.waitFor(intake.kinds().look(), json, this::again);
      return;
    }
    Position position = Position.ofNumber(nextSeq);
    Message message = Message.ofStream(open, position, type, checked, json.length, this);
    nextSeq++;
    backpressure.taken(message);
    intake.submit(message);
  }

  /** Processes a message again, now that its kind is as the database has it. */
  private void again(byte[] json) {
    looked = true;
    message(json);
    looked = false;
  }

  @Override
  public boolean takesPart() {
    return true;
  }

  @Override
  public boolean stillWanted() {
    return !fenced;
  }

  @Override
  public void spooled(List<Message> messages) {
    context.runOnContext(
        hop -> {
          ack.spooled(messages.get(messages.size() - 1).seq());
          sendAck();
          backpressure.answered(messages);
        });
  }

  @Override
  public void committed(List<Message> messages, Durability durability) {
    committed = messages.get(messages.size() - 1).seq();
    context.runOnContext(
        hop -> {
          for (Message message : messages) {
            ack.add(message, durability);
          }
          sendAck();
          backpressure.answered(messages.stream().filter(m -> !m.spooled).toList());
        });
  }

  @Override
  public void dropped(Message message, Drop why) {
    if (why == Drop.FENCED) {
      fence();
    } else if (why == Drop.REWOUND && !fenced) {
      fenced = true;
      sessions
          .nextSeq(message.stream().name())
          .onSuccess(this::tellRewound)
          .onFailure(away -> context.runOnContext(hop -> unavailable("the database is away")));
    } else if (why == Drop.NOT_DURABLE) {
      context.runOnContext(hop -> unavailable("the database is not durable, and must be"));
    } else if (why == Drop.GAP) {
      sessions
          .nextSeq(message.stream().name())
          .onSuccess(this::tellGap)
          .onFailure(away -> context.runOnContext(hop -> unavailable("the database is away")));
    }
  }

  /**
   * What was spooled does not follow on what is stored: the database has gone back, or the spool is
   * damaged.
   */
  private void tellGap(long trueNextSeq) {
    if (trueNextSeq <= committed) {
      rewound(trueNextSeq);
    } else {
      context.runOnContext(
          hop ->
              unavailable("messages in the spool are lost; connect again and send from next_seq"));
    }
  }

  /** Another connection has said hello for this stream. */
  void fence() {
    fenced = true;
    context.runOnContext(hop -> refused(FENCED, "fenced", "a newer connection holds the stream"));
  }

  /** Every message up to this seq is committed, as far as this server has been told. */
  long committed() {
    return committed;
  }

  /** The database has gone back to before what was acked, or before the hello. */
  void rewound(long trueNextSeq) {
    if (!fenced) {
      fenced = true;
      tellRewound(trueNextSeq);
    }
  }

  private void tellRewound(long trueNextSeq) {
    context.runOnContext(
        hop -> {
          if (socket.isOpen()) {
            String name = stream == null ? "" : stream.stream();
            LOG.warn(
                "stream {} of API key {} rewound: next_seq is {}", name, apiKeyId, trueNextSeq);
            intake.metrics().rewound();
            socket.send(SessionJson.rewound(trueNextSeq));
            socket.close(TRY_AGAIN_LATER, "rewound");
          }
        });
  }

  @Override
  public void heldBack() {
    context.runOnContext(
        hop -> {
          if (!fenced && !socket.isFull()) {
            socket.send(SessionJson.busy(BUSY_MILLIS));
          }
        });
  }

  /**
   * The server is about to stop: what is under way is still read, and what was accepted is acked.
   */
  void drain() {
    context.runOnContext(
        hop -> {
          socket.send(SessionJson.drain());
          backpressure.drain();
        });
  }

  /** Whether reading has stopped for good. */
  boolean isDrained() {
    return backpressure.isDrained();
  }

  /** Closes the connection once everything accepted is answered. */
  void goAway() {
    context.runOnContext(
        hop -> {
          sendAck();
          socket.close(GOING_AWAY, "server stops");
        });
  }

  private void ackSoon() {
    ack.again();
    if (!ackScheduled) {
      ackScheduled = true;
      context.runOnContext(
          hop -> {
            ackScheduled = false;
            sendAck();
          });
    }
  }

  private void sendAck() {
    if (ack.isDue() && socket.isOpen() && !socket.isFull()) {
      socket.send(ack.take());
    }
  }

  @Override
  public void unread() {
    String name = stream == null ? "" : stream.stream();
    LOG.warn("stream {} of API key {} closed: the feed does not read its acks", name, apiKeyId);
    socket.close(POLICY, "the client does not read its acks");
  }

  @Override
  public void refused(int closeCode, String code, String detail) {
    if (socket.isOpen()) {
      sendAck();
      socket.send(SessionJson.error(code, detail));
      socket.close(closeCode, code);
    }
  }
}
