package dev.candlewick.net;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A request answered with {@code application/problem+json}. Everything in it is shown to the
 * client: no SQL, no host name, no stack trace.
 */
public final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int RETRY_SECONDS = 1;

  private final int status;
  private final String code;
  private final @Nullable Integer retryAfter;
  private final transient @Nullable Members members;

  /** Members of the answer in addition to the usual ones. */
  public interface Members {
    void write(JsonGenerator json) throws IOException;
  }

  private Problem(
      int status,
      String code,
      String detail,
      @Nullable Integer retryAfter,
      @Nullable Members members) {
    super(detail, null, false, false);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
    this.members = members;
  }

  /**
   * A problem with its own code.
   *
   * @param status the HTTP status
   * @param code a stable word in snake case
   * @param detail a sentence for a person
   */
  public Problem(int status, String code, String detail) {
    this(status, code, detail, null, null);
  }

  /** A problem with additional members. */
  public Problem(int status, String code, String detail, Members members) {
    this(status, code, detail, null, members);
  }

  /** A temporary problem: the same request may well succeed a little later. */
  public static Problem passing(int status, String code, String detail) {
    return new Problem(status, code, detail, RETRY_SECONDS, null);
  }

  /** 429 {@code rate_limited}, over after so many milliseconds. */
  public static Problem rateLimited(String detail, long millis) {
    int seconds = (int) Math.min(Math.max(1, (millis + 999) / 1_000), 86_400);
    return new Problem(429, "rate_limited", detail, seconds, null);
  }

  /** 503 {@code unavailable}. */
  public static Problem unavailable(String detail) {
    return passing(503, "unavailable", detail);
  }

  /** 400 {@code bad_parameter}: the detail begins with the parameter's name. */
  public static Problem badParameter(String name, String reason) {
    return new Problem(400, "bad_parameter", name + ": " + reason);
  }

  /** 404 {@code unknown_instrument}. */
  public static Problem unknownInstrument(String venue, String symbol) {
    return new Problem(404, "unknown_instrument", "no instrument " + symbol + " at " + venue);
  }

  public int status() {
    return status;
  }

  public String code() {
    return code;
  }

  public String detail() {
    return String.valueOf(getMessage());
  }

  /** Seconds for the {@code Retry-After} header, if there is to be one. */
  public @Nullable Integer retryAfter() {
    return retryAfter;
  }

  /** Writes the additional members, if any, into the answer's object. */
  public void writeMembers(JsonGenerator json) throws IOException {
    if (members != null) {
      members.write(json);
    }
  }
}
