package dev.candlewick.server.web;

import dev.candlewick.net.Problem;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/**
 * By which API key a request came, as far as what it may read depends on it.
 *
 * @param keyId 0 where no keys are configured
 * @param bots whose records it may read; empty = everyone's
 */
public record Caller(int keyId, Set<String> bots) {
  private static final String CALLER = "candlewick.caller";

  /** Where no keys are configured, and the server itself. */
  public static final Caller ANYONE = new Caller(0, Set.of());

  public Caller {
    bots = Set.copyOf(bots);
  }

  /** Who sent the request. */
  public static Caller of(RoutingContext ctx) {
    Caller caller = ctx.get(CALLER);
    return caller == null ? ANYONE : caller;
  }

  /** Says for all that follows who sent the request. */
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
