package dev.candlewick.server.web;

import dev.candlewick.net.Problem;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.sqlclient.DatabaseException;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only place where a failed request becomes an answer: a {@link Problem} as it is, a database
 * that is unavailable or too slow as 503 {@code unavailable}, anything unexpected as 500 {@code
 * internal}, logged once with the request's id.
 */
public final class Problems {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
  private static final String CONTENT_TYPE = "application/problem+json";
  private static final String STATUS = "dev.candlewick.status";
  private static final String QUERY_CANCELED = "57014";
  private static final String READ_ONLY = "25006";

  /** No such schema, table, column or function: not migrated yet, or removed. */
  private static final Set<String> NO_SCHEMA = Set.of("3F000", "42P01", "42703", "42883");

  private Problems() {}

  /**
   * Sends every failure of this router's routes here, including unknown paths; below a dialect's
   * root it is answered in that dialect.
   */
  public static void mount(Router router, Dialect... dialects) {
    for (int status = 400; status < 600; status++) {
      int byDefault = status;
      router.errorHandler(status, ctx -> answer(ctx, byDefault, router, dialects));
    }
  }

  private static void answer(RoutingContext ctx, int byDefault, Router router, Dialect[] dialects) {
    HttpServerResponse response = ctx.response();
    if (response.ended() || response.closed()) {
      return;
    }
    if (response.headWritten()) {
      ctx.request().connection().close();
      return;
    }
    Set<String> allowed = byDefault == 405 ? allowed(router, ctx) : Set.of();
    // HEAD and OPTIONS are accepted on every path, so the router considers no path unknown.
    int status = byDefault == 405 && allowed.isEmpty() ? 404 : byDefault;
    if (status == 405) {
      response.putHeader(HttpHeaders.ALLOW, String.join(", ", allowed));
    }
    for (Dialect dialect : dialects) {
      if (dialect.covers(ctx.request().path())) {
        ctx.put(STATUS, status);
        dialect.refuse().handle(ctx);
        return;
      }
    }
    send(ctx, of(ctx, status));
  }

  /** The answer to a failed request, for a dialect that words it itself. */
  public static Problem of(RoutingContext ctx) {
    // For a path without a route the context has no status.
    Integer told = ctx.get(STATUS);
    return of(ctx, told == null ? ctx.statusCode() : told);
  }

  private static Problem of(RoutingContext ctx, int status) {
    Problem problem = problem(status, ctx.failure());
    if (problem.status() >= 500) {
      log(ctx, problem, ctx.failure());
    }
    return problem;
  }

  /** Answers with this problem. */
  static void send(RoutingContext ctx, Problem problem) {
    HttpServerResponse response = ctx.response().setStatusCode(problem.status());
    if (problem.retryAfter() != null) {
      response.putHeader(HttpHeaders.RETRY_AFTER, String.valueOf(problem.retryAfter()));
    }
    Reply.send(ctx, CONTENT_TYPE, body(problem, response.getStatusMessage(), RequestId.of(ctx)));
  }

  private static Buffer body(Problem problem, String title, String requestId) {
    return Json.buffer(
        json -> {
          json.writeStartObject();
          json.writeStringField("type", "about:blank");
          json.writeStringField("title", title);
          json.writeNumberField("status", problem.status());
          json.writeStringField("code", problem.code());
          json.writeStringField("detail", problem.detail());
          json.writeStringField("request_id", requestId);
          problem.writeMembers(json);
          json.writeEndObject();
        });
  }

  /** The problem that a client sees for a failure. */
  public static Problem of(Throwable failure) {
    return problem(500, failure);
  }

  private static Problem problem(int status, @Nullable Throwable failure) {
    if (failure instanceof Problem problem) {
      return problem;
    }
    if (failure instanceof HttpException refused) {
      return ofStatus(refused.getStatusCode());
    }
    if (failure == null || status != 500) {
      return ofStatus(status);
    }
    if (failure instanceof DatabaseException refused) {
      return ofSqlState(String.valueOf(refused.getSqlState()));
    }
    // The pool and its socket: no connection available, or lost during the query.
    if (failure instanceof VertxException
        || failure instanceof IOException
        || failure instanceof TimeoutException) {
      return Problem.unavailable("the database cannot be reached at the moment");
    }
    return ofStatus(500);
  }

  private static Problem ofSqlState(String state) {
    if (state.equals(QUERY_CANCELED)) {
      return Problem.unavailable("the query took longer than is allowed; ask for less");
    }
    return switch (state.substring(0, 2)) {
      case "08", "28", "3D", "40", "53", "57" ->
          Problem.unavailable("the database cannot answer at the moment");
      default -> {
        if (NO_SCHEMA.contains(state)) {
          yield Problem.unavailable("the database does not have its schema at the moment");
        }
        yield state.equals(READ_ONLY)
            ? Problem.unavailable("the database takes no changes at the moment")
            : ofStatus(500);
      }
    };
  }

  private static Problem ofStatus(int status) {
    return switch (status) {
      case 401 -> new Problem(401, "unauthorized", "a valid API key is required");
      case 403 -> new Problem(403, "forbidden", "this API key does not allow it");
      case 404 -> new Problem(404, "not_found", "no such path");
      case 405 ->
          new Problem(405, "method_not_allowed", "this method is not allowed for this path");
      case 408 -> new Problem(408, "request_timeout", "the request took too long to arrive");
      case 413 -> new Problem(413, "too_large", "the request is larger than is allowed");
      case 415 -> new Problem(415, "unsupported_media_type", "this content type is not supported");
      case 503 -> Problem.unavailable("not available at the moment");
      default ->
          status < 500
              ? new Problem(status, "malformed", "the request cannot be understood")
              : new Problem(
                  500, "internal", "something went wrong; the log tells it by request_id");
    };
  }

  private static void log(RoutingContext ctx, Problem problem, @Nullable Throwable failure) {
    String id = RequestId.of(ctx);
    HttpMethod method = ctx.request().method();
    if (problem.status() == 500) {
      LOG.error("{} {} failed, request {}", method, ctx.request().path(), id, failure);
    } else {
      LOG.warn(
          "{} {} not answered, request {}: {}",
          method,
          ctx.request().path(),
          id,
          String.valueOf(failure));
    }
  }

  /** The methods a path accepts; none for an unknown path. */
  static Set<String> allowed(Router router, RoutingContext ctx) {
    Set<String> methods = new TreeSet<>();
    for (Route route : router.getRoutes()) {
      if (route.methods() != null && leadsTo(route, ctx.normalizedPath())) {
        route.methods().forEach(method -> methods.add(method.name()));
      }
    }
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    if (!methods.isEmpty()) {
      methods.add("OPTIONS");
    }
    return methods;
  }

  /** Whether a route matches this path; {@code :name} in the route stands for any one segment. */
  private static boolean leadsTo(Route taken, String path) {
    String route = taken.getPath();
    if (route == null) {
      return false;
    }
    if (!taken.isExactPath()) {
      // The star at its end is not part of it.
      return path.startsWith(route) || (path + "/").equals(route);
    }
    String[] wanted = route.split("/", -1);
    String[] given = path.split("/", -1);
    if (wanted.length != given.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (!wanted[i].startsWith(":") && !wanted[i].equals(given[i])) {
        return false;
      }
    }
    return true;
  }
}
