package dev.candlewick.ingest.influx;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.ingest.decode.RawRow;
import dev.candlewick.ingest.rest.DialectRequest;
import dev.candlewick.ingest.rest.Requests;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.net.Problem;
import dev.candlewick.net.Utf8;
import dev.candlewick.record.MarketKind;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/v2/write} and {@code POST /write}: 204 after COMMIT, or nothing is written.
 * Errors are those of InfluxDB 2 and QuestDB, {@code {"code","message","line"}}, plus InfluxDB 1's
 * {@code error}.
 */
public final class InfluxHandler {
  /** The same limit as for rows of a REST request. */
  private static final int MOST_LINES = 100_000;

  private static final Set<String> PARAMETERS =
      Set.of("org", "orgID", "bucket", "db", "rp", "consistency", "precision");
  private static final int MOST_TOLD = 10;
  private static final int NO_CONTENT = 204;
  private static final JsonFactory JSON = new JsonFactory();

  /**
   * QuestDB's clients write text unless version 2 of the protocol, with binary values, is offered.
   */
  private static final String SETTINGS =
      """
      {"config":{"line.proto.support.versions":[1],"ilp.proto.transports":["http"],\
      "cairo.max.file.name.length":127}}\
      """;

  private final Requests requests;

  public InfluxHandler(Requests requests) {
    this.requests = requests;
  }

  /** Handles what clients ask before they have a key. */
  public static void mountOpen(Router router) {
    router.get("/ping").method(HttpMethod.HEAD).handler(InfluxHandler::ping);
    router
        .get("/settings")
        .handler(
            ctx ->
                ctx.response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                    .end(SETTINGS));
  }

  private static void ping(RoutingContext ctx) {
    ctx.response()
        .putHeader("X-Influxdb-Build", "Candlewick")
        .putHeader("X-Influxdb-Version", "v2-candlewick")
        .setStatusCode(NO_CONTENT)
        .end();
  }

  /** Handles the write paths. */
  public void mount(Router router) {
    for (String path : List.of("/api/v2/write", "/write")) {
      router.post(path).handler(this::write).failureHandler(InfluxHandler::refuse);
    }
  }

  private void write(RoutingContext ctx) {
    checkParameters(ctx);
    String word = ctx.queryParams().get("precision");
    Precision precision =
        Precision.of(word == null ? "ns" : word)
            .orElseThrow(
                () -> Problem.badParameter("precision", "must be one of ns, us, ms, s, m, h"));
    DialectRequest.read(requests, ctx).onSuccess(request -> read(ctx, request, precision));
  }

  /** The lines decide where they go; parameters that would change that are rejected. */
  private static void checkParameters(RoutingContext ctx) {
    MultiMap params = ctx.queryParams();
    for (String name : params.names()) {
      if (!PARAMETERS.contains(name)) {
        throw Problem.badParameter(Rejection.excerpt(name), "is not supported");
      }
      if (params.getAll(name).size() > 1) {
        throw Problem.badParameter(name, "is given more than once");
      }
    }
  }

  private static void read(RoutingContext ctx, DialectRequest request, Precision precision) {
    try {
      List<Point> points = points(request.body());
      if (points.stream().anyMatch(point -> PointRecords.mayBeKind(point.measurement()))) {
        request
            .lookAtKinds()
            .onSuccess(looked -> write(ctx, request, points, precision))
            .onFailure(
                cause ->
                    fail(
                        ctx,
                        request,
                        Problem.unavailable("the database cannot be reached at the moment")));
      } else {
        write(ctx, request, points, precision);
      }
    } catch (LineException | Problem e) {
      fail(ctx, request, e);
    }
  }

  private static void fail(RoutingContext ctx, DialectRequest request, Throwable cause) {
    request.drop();
    ctx.fail(cause);
  }

  private static void write(
      RoutingContext ctx, DialectRequest request, List<Point> points, Precision precision) {
    Instant instant = Instant.now();
    long now = Precision.SECOND.nanos(instant.getEpochSecond()) + instant.getNano();
    PointRows rows = new PointRows(precision, now);
    PointRecords records = new PointRecords(precision, now);
    try {
      List<Refused> refused = check(request, points, rows, records, precision);
      if (refused.isEmpty()) {
        request.write(
            () -> ctx.response().setStatusCode(NO_CONTENT).end(),
            (kind, rejections) -> refusal(refused(rows, records, kind, rejections)));
      } else {
        fail(ctx, request, refusal(refused));
      }
    } catch (LineException | Problem e) {
      fail(ctx, request, e);
    }
  }

  private static List<Refused> check(
      DialectRequest request,
      List<Point> points,
      PointRows rows,
      PointRecords records,
      Precision precision)
      throws LineException {
    for (Point point : points) {
      if (request.knowsKind(point.measurement())) {
        records.add(point);
      } else {
        rows.add(point);
      }
    }
    List<Refused> refused = new ArrayList<>();
    for (Map.Entry<MarketKind, List<RawRow>> ofKind : rows.rows().entrySet()) {
      MarketKind kind = ofKind.getKey();
      List<Rejection> rejections = request.check(kind, ofKind.getValue());
      refused.addAll(refused(rows, records, kind.word(), rejections));
    }
    for (Map.Entry<String, List<Map<String, Object>>> ofKind : records.rows().entrySet()) {
      String kind = ofKind.getKey();
      List<Rejection> rejections =
          request.checkRecords(kind, ofKind.getValue(), precision.nanos(1));
      for (Rejection rejection : rejections) {
        if (rejection.code() == Rejection.Code.FORBIDDEN_BOT) {
          throw new Problem(403, rejection.code().word, rejection.detail());
        }
      }
      refused.addAll(refused(rows, records, kind, rejections));
    }
    return refused;
  }

  /** The lines of what was refused of a kind, of the market or declared. */
  private static List<Refused> refused(
      PointRows rows, PointRecords records, String kind, List<Rejection> rejections) {
    Optional<MarketKind> market = MarketKind.of(kind);
    List<Refused> refused = new ArrayList<>();
    for (Rejection rejection : rejections) {
      int index = rejection.index();
      int line = market.isPresent() ? rows.line(market.get(), index) : records.line(kind, index);
      refused.add(new Refused(line, rejection));
    }
    return refused;
  }

  private record Refused(int line, Rejection rejection) {
    String text() {
      String field = rejection.field() == null ? "" : rejection.field() + ": ";
      return field + rejection.code().word + ": " + rejection.detail();
    }
  }

  private static List<Point> points(byte[] sent) throws LineException {
    if (!Utf8.valid(sent, sent.length)) {
      throw new Problem(
          400,
          "malformed",
          "the body is not UTF-8; QuestDB's binary values are not taken, set protocol_version=1");
    }
    byte[] body = Utf8.withoutMark(sent);
    List<Point> points = LineProtocol.parse(new String(body, StandardCharsets.UTF_8));
    if (points.size() > MOST_LINES) {
      throw new Problem(413, "too_large", "more than " + MOST_LINES + " lines");
    }
    return points;
  }

  /** Names the first invalid line, and the ones after it in the same sentence. */
  private static LineException refusal(List<Refused> refused) {
    refused.sort(Comparator.comparingInt(Refused::line));
    StringBuilder text = new StringBuilder(refused.get(0).text());
    for (Refused next : refused.subList(1, Math.min(refused.size(), MOST_TOLD))) {
      text.append("; line ").append(next.line()).append(": ").append(next.text());
    }
    if (refused.size() > MOST_TOLD) {
      text.append("; and ").append(refused.size() - MOST_TOLD).append(" more");
    }
    return new LineException(refused.get(0).line(), text + ". Nothing was written");
  }

  private static void refuse(RoutingContext ctx) {
    HttpServerResponse response = ctx.response();
    if (response.headWritten()) {
      ctx.next();
    } else if (ctx.failure() instanceof LineException e) {
      send(ctx, 400, "invalid", String.valueOf(e.getMessage()), e.line());
    } else if (ctx.failure() instanceof Problem problem) {
      refuse(ctx, problem);
    } else {
      ctx.next();
    }
  }

  /** Answers with a problem in InfluxDB's terms. */
  public static void refuse(RoutingContext ctx, Problem problem) {
    if (problem.retryAfter() != null) {
      ctx.response().putHeader(HttpHeaders.RETRY_AFTER, String.valueOf(problem.retryAfter()));
    }
    int status = problem.code().equals("rows_rejected") ? 400 : problem.status();
    send(ctx, status, code(status), problem.detail(), null);
  }

  /** InfluxDB's word for a status. */
  private static String code(int status) {
    return switch (status) {
      case 401 -> "unauthorized";
      case 403 -> "forbidden";
      case 404 -> "not found";
      case 405 -> "method not allowed";
      case 413 -> "request too large";
      case 429 -> "too many requests";
      case 503 -> "unavailable";
      default -> status < 500 ? "invalid" : "internal error";
    };
  }

  private static void send(
      RoutingContext ctx, int status, String code, String message, @Nullable Integer line) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("code", code);
      json.writeStringField("message", message);
      if (line != null) {
        json.writeNumberField("line", line);
      }
      json.writeStringField("error", message);
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    ctx.response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .end(text.toString());
  }
}
