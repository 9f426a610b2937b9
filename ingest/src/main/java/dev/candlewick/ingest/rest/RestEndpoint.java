package dev.candlewick.ingest.rest;

import dev.candlewick.ingest.decode.DecodeException;
import dev.candlewick.ingest.decode.DecodeException.Fault;
import dev.candlewick.ingest.decode.Envelope;
import dev.candlewick.ingest.decode.Envelope.Defaults;
import dev.candlewick.ingest.decode.Envelope.TimeUnit;
import dev.candlewick.ingest.decode.JsonDecoder;
import dev.candlewick.ingest.decode.RestBody;
import dev.candlewick.ingest.message.Idempotency;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.row.RowType;
import dev.candlewick.ingest.source.IngestKey;
import dev.candlewick.ingest.source.Intake;
import dev.candlewick.ingest.source.Quota;
import dev.candlewick.ingest.source.RecordIntake;
import dev.candlewick.ingest.table.IdempotencyKeys;
import dev.candlewick.net.Problem;
import dev.candlewick.record.MarketKind;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Steps 1 and 2 of the write way for REST: {@code POST /v1/trades|quotes|candles} and {@code POST
 * /v1/records/{kind}}. One request is one message; the answer is sent after COMMIT.
 */
public final class RestEndpoint {
  /**
   * Longer bodies are decoded by a worker, so that others on the same event loop do not wait. A
   * feed's message may be as long.
   */
  private static final int BYTES_ON_THE_LOOP = 262_144;

  private static final Set<String> PARAMETERS =
      Set.of("venue", "symbol", "timeframe", "unit", "on_error", "archived");
  private static final Pattern KEY = Pattern.compile("[\\x20-\\x7E]{1,128}");

  private final Requests requests;
  private final Intake intake;
  private final JsonDecoder decoder = new JsonDecoder(Intake.MAX_REQUEST_ROWS);
  private final RecordIntake records;
  private final ConcurrentMap<String, Submission> keysInFlight = new ConcurrentHashMap<>();

  public RestEndpoint(Requests requests) {
    this.intake = requests.intake();
    this.requests = requests;
    this.records = intake.requestRecords();
  }

  /** What the head of a request says. */
  private record Head(
      RestBody form,
      Defaults defaults,
      boolean skipsBadRows,
      boolean isArchived,
      @Nullable String key) {}

  public void mount(Router router) {
    for (MarketKind kind : MarketKind.values()) {
      router.post("/v1/" + kind.word()).handler(ctx -> handle(ctx, RowType.of(kind), market(kind)));
    }
    router
        .post("/v1/records/:kind")
        .handler(ctx -> handle(ctx, RowType.RECORDS, records(ctx.pathParam("kind"), ctx)));
  }

  /** How a body becomes validated rows. */
  private interface Reading {
    Message.Checked read(Head head, byte[] body) throws DecodeException;
  }

  private void handle(RoutingContext request, RowType type, Reading reading) {
    Head head = head(request);
    if (head.isArchived() && type != RowType.CANDLES) {
      throw Problem.badParameter("archived", "is for candles only");
    }
    requests.refuseIfUnable();
    Quota quota = requests.quotaOf(request);
    requests
        .body(request, quota)
        .onSuccess(
            body ->
                answer(new Posted(request, type, reading, head, quota, body.getBytes()), false));
  }

  /** A request whose body is being read. */
  private record Posted(
      RoutingContext request, RowType type, Reading reading, Head head, Quota quota, byte[] body) {
    Message.Checked read() throws DecodeException {
      return reading.read(head, body);
    }

    void refuse(RuntimeException why) {
      quota.budget().release(body.length);
      request.fail(why);
    }
  }

  private Reading market(MarketKind kind) {
    return (head, body) -> {
      Envelope envelope =
          head.form()
              .decode(
                  body,
                  new RestBody.Reading(
                      kind,
                      head.defaults(),
                      decoder,
                      Intake.MAX_REQUEST_ROWS,
                      head.skipsBadRows()));
      if (envelope.type() != null && !envelope.type().equals(kind.word())) {
        throw new DecodeException(Fault.BAD_MESSAGE, "t does not match the path");
      }
      if (envelope.rows() == null) {
        throw new DecodeException(Fault.BAD_MESSAGE, "rows is required");
      }
      return head.isArchived()
          ? intake.checkArchived(envelope.defaults(), envelope.rows())
          : intake.check(kind, envelope.defaults(), envelope.rows());
    };
  }

  private Reading records(String kind, RoutingContext request) {
    IngestKey key = requests.keyOf(request);
    return (head, body) ->
        records.body(kind, head.form(), body, head.defaults(), head.skipsBadRows(), key);
  }

  private static Head head(RoutingContext request) {
    MultiMap query = request.queryParams();
    for (String name : query.names()) {
      if (!PARAMETERS.contains(name)) {
        throw Problem.badParameter(Rejection.excerpt(name), "unknown parameter");
      }
    }
    Optional<RestBody> form = RestBody.of(request.request().getHeader(HttpHeaders.CONTENT_TYPE));
    if (form.isEmpty()) {
      throw new Problem(
          415,
          "unsupported_media_type",
          "Content-Type must be application/json, application/x-ndjson or text/csv, in UTF-8");
    }
    String key = request.request().getHeader("Idempotency-Key");
    if (key != null && !KEY.matcher(key).matches()) {
      throw Problem.badParameter("Idempotency-Key", "must be 1 to 128 printable ASCII characters");
    }
    return new Head(form.get(), defaults(query), skipsBadRows(query), isArchived(query), key);
  }

  private static Defaults defaults(MultiMap query) {
    String word = query.get("unit");
    TimeUnit unit = word == null ? null : TimeUnit.of(word);
    if (word != null && unit == null) {
      throw Problem.badParameter("unit", "must be one of s, ms, us, ns");
    }
    return new Defaults(query.get("venue"), query.get("symbol"), query.get("timeframe"), unit);
  }

  private static boolean isArchived(MultiMap query) {
    String archived = query.get("archived");
    if (archived != null && !archived.equals("true") && !archived.equals("false")) {
      throw Problem.badParameter("archived", "must be true or false");
    }
    return "true".equals(archived);
  }

  private static boolean skipsBadRows(MultiMap query) {
    String onError = query.get("on_error");
    if (onError != null && !onError.equals("skip") && !onError.equals("reject")) {
      throw Problem.badParameter("on_error", "must be skip or reject");
    }
    return "skip".equals(onError);
  }

  private void answer(Posted posted, boolean looked) {
    if (posted.body().length <= BYTES_ON_THE_LOOP) {
      answer(posted, looked, posted::read);
      return;
    }
    posted
        .request()
        .vertx()
        .executeBlocking(posted::read, false)
        .onComplete(decoded -> answer(posted, looked, () -> result(decoded)));
  }

  /** A body as its rows, or why it has none. */
  private interface Decoding {
    Message.Checked rows() throws DecodeException;
  }

  private static Message.Checked result(AsyncResult<Message.Checked> decoded)
      throws DecodeException {
    Throwable cause = decoded.cause();
    if (cause instanceof DecodeException malformed) {
      throw malformed;
    }
    if (cause instanceof RuntimeException other) {
      throw other;
    }
    return decoded.result();
  }

  private void answer(Posted posted, boolean looked, Decoding decoding) {
    Head head = posted.head();
    try {
      Message.Checked checked = decoding.rows();
      if (!looked && posted.type() == RowType.RECORDS && RecordIntake.mayBeStale(checked)) {
        intake
            .kinds()
            .look()
            .onSuccess(done -> answer(posted, true))
            .onFailure(
                cause ->
                    posted.refuse(
                        Problem.unavailable("the database is not available at the moment")));
        return;
      }
      refuseWhole(posted, checked);
      Submission submission =
          new Submission(
              posted.request(),
              posted.type(),
              posted.quota(),
              checked,
              posted.body().length,
              head.skipsBadRows());
      if (head.key() == null) {
        submission.submit(null);
      } else {
        submitOnce(submission, head.key(), sha256(posted.request(), posted.body()));
      }
    } catch (DecodeException e) {
      posted.refuse(new Problem(e.fault.status, e.fault.word(), e.detail()));
    } catch (RuntimeException e) {
      posted.refuse(e);
    }
  }

  /** Throws if none of the rows is to be written. */
  private void refuseWhole(Posted posted, Message.Checked checked) {
    if (checked.rejections().isEmpty()) {
      return;
    }
    for (Rejection rejection : checked.rejections()) {
      if (rejection.code() == Rejection.Code.UNKNOWN_KIND) {
        throw KindEndpoint.unknown(posted.request().pathParam("kind"));
      }
      if (rejection.code() == Rejection.Code.FORBIDDEN_BOT) {
        throw new Problem(403, rejection.code().word, rejection.detail());
      }
    }
    if (!posted.head().skipsBadRows()) {
      intake.metrics().rejected(checked.rejections());
      throw RestAnswer.rowsRejected(checked.rejections());
    }
  }

  /** A request ready to be written. */
  private final class Submission {
    private final RoutingContext request;
    private final RowType type;
    private final Quota quota;
    private final Message.Checked checked;
    private final int bytes;
    private final RestAnswer answer;

    Submission(
        RoutingContext request,
        RowType type,
        Quota quota,
        Message.Checked checked,
        int bytes,
        boolean skipsBadRows) {
      this.request = request;
      this.type = type;
      this.quota = quota;
      this.checked = checked;
      this.bytes = bytes;
      this.answer = new RestAnswer(request, skipsBadRows);
    }

    void submit(@Nullable Idempotency idempotency) {
      answer.startClock();
      intake.submitRequest(Message.ofRequest(type, checked, bytes, answer, idempotency), quota);
    }

    void refuse(Problem problem) {
      quota.budget().release(bytes);
      request.fail(problem);
    }
  }

  /**
   * With an Idempotency-Key: repeats the first answer, if there is one; otherwise this is the
   * first.
   */
  private void submitOnce(Submission submission, String key, byte[] sha256) {
    int owner = requests.keyOf(submission.request).id();
    String inFlight = owner + " " + key;
    if (keysInFlight.putIfAbsent(inFlight, submission) != null) {
      submission.refuse(
          Problem.passing(409, "idempotency_key_in_use", "a request with this key is running"));
      return;
    }
    // Before the answer goes out, as its client may send the request again on another event loop;
    // and at the end, as there may be no answer.
    submission.request.addHeadersEndHandler(answered -> keysInFlight.remove(inFlight, submission));
    submission.request.addEndHandler(ended -> keysInFlight.remove(inFlight, submission));
    Idempotency idempotency = new Idempotency(owner, key, sha256, RestAnswer::body);
    submission.answer.onKeyTaken(() -> replay(submission, idempotency));
    find(idempotency)
        .onSuccess(
            kept -> {
              if (kept.isPresent()) {
                submission.quota.budget().release(submission.bytes);
                submission.answer.replay(kept.get(), sha256);
              } else {
                submission.submit(idempotency);
              }
            })
        .onFailure(
            cause ->
                submission.refuse(
                    Problem.unavailable("the database is not available at the moment")));
  }

  private void replay(Submission submission, Idempotency idempotency) {
    find(idempotency)
        .onSuccess(
            kept -> kept.ifPresent(first -> submission.answer.replay(first, idempotency.sha256())))
        .onFailure(submission.request::fail);
  }

  private Future<Optional<IdempotencyKeys.Kept>> find(Idempotency idempotency) {
    return intake.withConnection(
        connection -> IdempotencyKeys.find(connection, idempotency.apiKeyId(), idempotency.key()));
  }

  /** Covers the whole request: the same body with another path or query is another request. */
  private static byte[] sha256(RoutingContext request, byte[] body) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(request.request().uri().getBytes(StandardCharsets.UTF_8));
      digest.update((byte) '\n');
      return digest.digest(body);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
