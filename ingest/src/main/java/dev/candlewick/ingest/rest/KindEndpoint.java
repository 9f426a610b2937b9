package dev.candlewick.ingest.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.ingest.decode.DecodeException;
import dev.candlewick.ingest.decode.RestBody;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.source.Quota;
import dev.candlewick.ingest.table.KindCatalogue;
import dev.candlewick.ingest.table.Kinds;
import dev.candlewick.net.JsonFault;
import dev.candlewick.net.Problem;
import dev.candlewick.record.DeclaredKind;
import dev.candlewick.record.Kind;
import dev.candlewick.record.Kind.IncompatibleException;
import dev.candlewick.record.KindJson;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** {@code GET /v1/kinds}, {@code GET|PUT /v1/kinds/{kind}}: the declared kinds of record. */
public final class KindEndpoint {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int CREATED = 201;
  private static final int LONGEST = 1 << 20;

  private final Requests requests;
  private final KindCatalogue kinds;

  public KindEndpoint(Requests requests) {
    this.requests = requests;
    this.kinds = requests.intake().kinds();
  }

  public void mount(Router router) {
    router.get("/v1/kinds").handler(this::list);
    router.get("/v1/kinds/:kind").handler(this::get);
    router.put("/v1/kinds/:kind").handler(this::put);
  }

  /** Asks the database every time: another server may have declared one a moment ago. */
  private void list(RoutingContext request) {
    refuseParameters(request);
    kinds
        .look()
        .onSuccess(looked -> send(request, 200, all()))
        .onFailure(cause -> request.fail(unavailable()));
  }

  private String all() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeArrayFieldStart("kinds");
      for (DeclaredKind declared : kinds.all()) {
        KindJson.write(json, declared.kind());
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return text.toString();
  }

  private void get(RoutingContext request) {
    refuseParameters(request);
    String name = request.pathParam("kind");
    kinds
        .look()
        .onSuccess(
            looked -> {
              Optional<DeclaredKind> declared = kinds.find(name);
              if (declared.isEmpty()) {
                request.fail(unknown(name));
              } else {
                send(request, 200, KindJson.write(declared.get().kind()));
              }
            })
        .onFailure(cause -> request.fail(unavailable()));
  }

  private void put(RoutingContext request) {
    refuseParameters(request);
    requests.refuseIfUnable();
    Quota quota = requests.quotaOf(request);
    new BodyReader(request, LONGEST, quota)
        .read()
        .onSuccess(
            body -> {
              quota.budget().release(body.length());
              save(request, body);
            });
  }

  private void save(RoutingContext request, Buffer body) {
    Kind wanted;
    try {
      wanted = declaration(request.pathParam("kind"), body);
    } catch (Problem e) {
      request.fail(e);
      return;
    }
    mayBeSaved(request, wanted)
        .compose(may -> kinds.save(wanted))
        .compose(saved -> kinds.look().map(saved))
        .onSuccess(
            saved -> {
              int status = saved == Kinds.Saved.MADE ? CREATED : 200;
              Kind now = kinds.find(wanted.name()).map(DeclaredKind::kind).orElse(wanted);
              send(request, status, KindJson.write(now));
            })
        .onFailure(cause -> request.fail(problem(wanted, cause)));
  }

  /** A shorter retention drops rows, of every bot: that is not for a key of some bots. */
  private Future<Void> mayBeSaved(RoutingContext request, Kind wanted) {
    if (requests.keyOf(request).bots().isEmpty()) {
      return Future.succeededFuture();
    }
    return kinds
        .look()
        .compose(
            looked -> {
              Duration now =
                  kinds
                      .find(wanted.name())
                      .map(declared -> declared.kind().retention())
                      .orElse(wanted.retention());
              return now.equals(wanted.retention())
                  ? Future.succeededFuture()
                  : Future.failedFuture(
                      new Problem(
                          403,
                          Rejection.Code.FORBIDDEN_BOT.word,
                          "this API key may not change how long the rows of all bots are kept"));
            });
  }

  private static Kind declaration(String name, Buffer body) {
    if (Kind.isTaken(name)) {
      throw new Problem(409, "incompatible_kind", "kind " + name + " is taken");
    }
    try {
      String text = new String(RestBody.text(body.getBytes()), StandardCharsets.UTF_8);
      Kind kind = KindJson.read(text, name);
      if (!kind.name().equals(name)) {
        throw new Problem(422, "bad_declaration", "kind does not match the one in the path");
      }
      return kind;
    } catch (DecodeException e) {
      throw new Problem(400, "malformed", e.detail());
    } catch (KindJson.MalformedException e) {
      throw new Problem(400, "malformed", JsonFault.of(e.fault()));
    } catch (IllegalArgumentException e) {
      throw new Problem(422, "bad_declaration", String.valueOf(e.getMessage()));
    }
  }

  private static Problem problem(Kind wanted, Throwable cause) {
    if (cause instanceof Problem problem) {
      return problem;
    }
    return cause instanceof IncompatibleException incompatible
        ? new Problem(
            409,
            "incompatible_kind",
            wanted.name() + " cannot be changed like this: " + incompatible.getMessage())
        : unavailable();
  }

  static Problem unknown(String name) {
    return new Problem(
        404, "unknown_kind", "no kind \"" + Rejection.excerpt(name) + "\" is declared");
  }

  private static Problem unavailable() {
    return Problem.unavailable("the database is not available at the moment");
  }

  private static void refuseParameters(RoutingContext request) {
    for (String name : request.queryParams().names()) {
      throw Problem.badParameter(Rejection.excerpt(name), "is not a parameter of this request");
    }
  }

  private static void send(RoutingContext request, int status, String body) {
    request
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .end(body);
  }
}
