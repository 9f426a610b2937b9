package dev.candlewick.server.stream;

import dev.candlewick.net.Problem;
import dev.candlewick.server.web.Cursor;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.Times;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which streams a request asks for, ordered by name; {@code limit} 1 to 10000, default 500. */
record StreamQuery(int limit, @Nullable Cursor cursor, Times unit) {
  private static final Set<String> PARAMETERS = Set.of("limit", "cursor", "unit");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,266}");
  private static final String KIND = "streams";
  private static final int DEFAULT_LIMIT = 500;
  private static final int MAX_LIMIT = 10_000;

  static StreamQuery parse(RoutingContext ctx) {
    Params params = Params.of(ctx, PARAMETERS);
    return new StreamQuery(
        params.limit(DEFAULT_LIMIT, MAX_LIMIT), params.cursor(KIND, 2), params.unit());
  }

  /** The same text if it is a valid stream name. */
  static String name(String text) {
    if (!NAME.matcher(text).matches()) {
      throw Problem.badParameter("stream", "must match " + NAME);
    }
    return text;
  }

  /** The cursor after a page that was read with one row too many; null if it was not. */
  @Nullable String nextCursor(List<Stream> found) {
    if (found.size() <= limit) {
      return null;
    }
    Stream last = found.get(limit - 1);
    return Cursor.write(KIND, last.stream(), last.apiKeyId());
  }

  /** The page without the extra row. */
  List<Stream> page(List<Stream> found) {
    return found.size() > limit ? found.subList(0, limit) : found;
  }

  /**
   * Which rejected rows a request asks for, ordered by id.
   *
   * @param stream null for all streams
   * @param after the id after which to start
   */
  record Rejects(@Nullable String stream, long after, int limit, Times unit) {
    private static final Set<String> PARAMETERS = Set.of("stream", "after", "limit", "unit");

    static Rejects parse(RoutingContext ctx) {
      Params params = Params.of(ctx, PARAMETERS);
      String stream = params.text("stream");
      return new Rejects(
          stream == null ? null : name(stream),
          params.integer("after", 0, 0, Long.MAX_VALUE),
          params.limit(DEFAULT_LIMIT, MAX_LIMIT),
          params.unit());
    }
  }
}
