package dev.candlewick.server.web;

import dev.candlewick.net.Problem;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/**
 * The API key of a request, as far as it affects what may be read.
 *
 * @param keyId 0 if no keys are configured
 * @param bots whose records it may read; empty = everyone's
 */
public record Caller(int keyId, Set<String> bots) {
  private static final String CALLER = "candlewick.caller";

  /** If no keys are configured, and for the server itself. */
  public static final Caller ANYONE = new Caller(0, Set.of());

  public Caller {
    bots = Set.copyOf(bots);
  }

  /** Who sent the request. */
  public static Caller of(RoutingContext ctx) {
    Caller caller = ctx.get(CALLER);
    return caller == null ? ANYONE : caller;
  }

  /** Records who sent the request, for everything that follows. */
  public void put(RoutingContext ctx) {
    ctx.put(CALLER, this);
  }

  /** Whether it may read records of certain bots only. */
  public boolean isConfined() {
    return !bots.isEmpty();
  }

  /** 403 {@code forbidden_bot}. */
  public static Problem forbidden(String detail) {
    return new Problem(403, "forbidden_bot", detail);
  }
}
