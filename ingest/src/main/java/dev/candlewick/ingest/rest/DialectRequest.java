package dev.candlewick.ingest.rest;

import dev.candlewick.ingest.decode.Envelope.Defaults;
import dev.candlewick.ingest.decode.Envelope.TimeUnit;
import dev.candlewick.ingest.decode.RawRow;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.row.RowType;
import dev.candlewick.ingest.source.Intake;
import dev.candlewick.ingest.source.Quota;
import dev.candlewick.net.Problem;
import dev.candlewick.record.MarketKind;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.BiFunction;

/**
 * How a dialect over HTTP writes: the body of one request within REST's limits, and its rows, each
 * with its venue, symbol and a time in nanoseconds, handed to the lanes. For use only on the
 * request's event loop.
 */
public final class DialectRequest {
  private static final Defaults NANOSECONDS = new Defaults(null, null, null, TimeUnit.NS);

  private final Intake intake;
  private final Requests requests;
  private final RoutingContext request;
  private final Quota quota;
  private final byte[] body;
  private final Queue<Part> parts = new ArrayDeque<>();
  private int reserved;
  private boolean somethingWritten;

  private record Part(RowType type, Message.Checked checked) {}

  private DialectRequest(Requests requests, RoutingContext request, Quota quota, byte[] body) {
    this.intake = requests.intake();
    this.requests = requests;
    this.request = request;
    this.quota = quota;
    this.body = body;
    this.reserved = body.length;
  }

  /**
   * Reads and decompresses the body. Throws a {@link Problem} if nothing can be written now; if the
   * body cannot be read, the request has already been failed when the future fails.
   */
  public static Future<DialectRequest> read(Requests requests, RoutingContext request) {
    requests.refuseIfUnable();
    Quota quota = requests.quotaOf(request);
    return requests
        .body(request, quota)
        .map(body -> new DialectRequest(requests, request, quota, body.getBytes()));
  }

  /** What the client sent. */
  public byte[] body() {
    return body;
  }

  /** Validates rows of one kind and keeps the valid ones; returns what is wrong with the others. */
  public List<Rejection> check(MarketKind kind, List<RawRow> rows) {
    Message.Checked checked = intake.check(kind, NANOSECONDS, rows);
    parts.add(new Part(RowType.of(kind), checked));
    intake.metrics().rejected(checked.rejections());
    return checked.rejections();
  }

  /** The same for records of a declared kind. */
  public List<Rejection> checkRecords(
      String kind, List<Map<String, Object>> rows, long nanosPerUnit) {
    Message.Checked checked =
        intake.requestRecords().values(kind, rows, nanosPerUnit, requests.keyOf(request));
    parts.add(new Part(RowType.RECORDS, checked));
    intake.metrics().rejected(checked.rejections());
    return checked.rejections();
  }

  /** Refreshes the list of declared kinds. */
  public Future<Void> lookAtKinds() {
    return intake.kinds().look();
  }

  /** Whether a kind with this name is declared, as far as this server knows. */
  public boolean knowsKind(String name) {
    return intake.kinds().find(name).isPresent();
  }

  /** Nothing will be written: the body no longer counts in the budget. */
  public void drop() {
    quota.budget().release(reserved);
    reserved = 0;
  }

  /**
   * Writes the rows, one kind after another, and calls back after the last COMMIT; if that never
   * comes, the request is failed with a {@link Problem}, which is a 4xx only if nothing was
   * written.
   *
   * @param refusal what the request is failed with for something only the database knows: a trade
   *     to cancel that does not exist
   */
  public void write(Runnable committed, BiFunction<String, List<Rejection>, Exception> refusal) {
    Part part = parts.poll();
    if (part == null) {
      drop();
      committed.run();
      return;
    }
    int bytes = parts.isEmpty() ? reserved : 0;
    reserved -= bytes;
    PartAnswer answer = new PartAnswer(committed, refusal);
    answer.startClock();
    intake.submitRequest(
        Message.ofRequest(part.type(), part.checked(), bytes, answer, null), quota);
  }

  /** Answer for one kind's rows; the last of them answers the request. */
  private final class PartAnswer extends RequestAnswer {
    private final Runnable committed;
    private final BiFunction<String, List<Rejection>, Exception> refusal;

    PartAnswer(Runnable committed, BiFunction<String, List<Rejection>, Exception> refusal) {
      super(DialectRequest.this.request);
      this.committed = committed;
      this.refusal = refusal;
    }

    @Override
    public boolean takesPart() {
      return false;
    }

    @Override
    void committed(Message message, Durability durability) {
      if (request.response().ended()) {
        drop();
      } else {
        somethingWritten = true;
        write(committed, refusal);
      }
    }

    @Override
    void refused(Message message, Drop why) {
      if (why == Drop.ROW_REFUSED && !somethingWritten && !request.response().ended()) {
        drop();
        request.fail(refusal.apply(message.word(), message.rejections()));
      } else {
        super.refused(message, why);
      }
    }

    @Override
    void fail(Problem problem) {
      drop();
      boolean untrue = somethingWritten && problem.status() < 500;
      super.fail(untrue ? new Problem(500, "internal", "only a part was written") : problem);
    }
  }
}
