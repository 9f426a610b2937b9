package dev.candlewick.server;

import dev.candlewick.net.Problem;
import dev.candlewick.server.web.Caller;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may do what, according to the keys in {@link ApiKeyFile}. Without a file everything is
 * allowed, and the server listens on loopback only. The file is reread about once a second: a key
 * that was removed, or whose scopes changed, loses its open sockets too.
 */
final class ApiKeys {
  private static final Logger LOG = LoggerFactory.getLogger(ApiKeys.class);
  private static final String KEY = "candlewick.apiKey";
  private static final Set<String> IN_QUERY =
      Set.of("api_key", "apikey", "x-api-key", "api-key", "key", "token", "access_token");

  private static final Set<String> LINE_PROTOCOL = Set.of("/write", "/api/v2/write");
  private static final String BASIC = "Basic ";
  private static final String BINANCE = "/api/v3/";

  /** The header in which Binance's clients send their key. */
  private static final String MBX = "X-MBX-APIKEY";

  private final @Nullable Path file;
  private final FailedLogins failedLogins = new FailedLogins(System::nanoTime);
  private volatile ApiKeyFile keys;

  private ApiKeys(@Nullable Path file, ApiKeyFile keys) {
    this.file = file;
    this.keys = keys;
  }

  static ApiKeys load(@Nullable Path file) throws ServerException {
    if (file == null) {
      return new ApiKeys(null, ApiKeyFile.NONE);
    }
    ApiKeyFile keys = read(file);
    FileModes.warnOfReadable(file, "the hashes of the API keys");
    return new ApiKeys(file, keys);
  }

  private static ApiKeyFile read(Path file) throws ServerException {
    ApiKeyFile keys = ApiKeyFile.read(file);
    if (keys.isEmpty()) {
      throw new ServerException("CANDLEWICK_API_KEYS_FILE has no keys in it");
    }
    return keys;
  }

  /** How many keys are valid. */
  int size() {
    return keys.size();
  }

  /** No keys are configured: anyone who can connect may do anything. */
  boolean open() {
    return file == null;
  }

  /**
   * Rereads the file. Blocks. A file that the server could not start with leaves the keys as they
   * are: one that cannot be read, has an invalid line, or contains no key, as happens while it is
   * rewritten in place.
   */
  void reload(Connections connections, ServerMetrics metrics) {
    if (file == null) {
      return;
    }
    try {
      ApiKeyFile read = read(file);
      if (!read.equals(keys)) {
        keys = read;
        LOG.info("API keys read again, {} of them", read.size());
        connections.closeRevoked(read);
      }
      metrics.keys(read.size());
    } catch (ServerException e) {
      metrics.keysFileRefused();
      LOG.error("the API keys stay as they were: {}", e.getMessage());
    }
  }

  /** Everything mounted after this needs a key, if there are any. */
  void mount(Router router) {
    if (!open()) {
      router.route().handler(this::authenticate);
    }
  }

  /** The key of a request; null if no keys are configured. */
  static ApiKeyFile.@Nullable Key of(RoutingContext ctx) {
    return ctx.get(KEY);
  }

  private void authenticate(RoutingContext ctx) {
    try {
      check(ctx);
    } catch (Problem refused) {
      if (refused.status() == 401) {
        // RFC 9110, section 15.5.2.
        ctx.response().putHeader("WWW-Authenticate", "Bearer");
      }
      throw refused;
    }
    ctx.next();
  }

  private void check(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    refuseInQuery(ctx);
    String offered =
        offered(request)
            .orElseThrow(() -> new Problem(401, "unauthorized", "an API key is required"));
    ApiKeyFile.Key key =
        keys.find(offered)
            .orElseThrow(() -> failedLogins.at(request.remoteAddress().hostAddress()));
    String scope = scope(request);
    if (!key.scopes().contains(scope) && !key.scopes().contains("admin")) {
      throw new Problem(403, "forbidden", "this API key lacks the scope " + scope);
    }
    ctx.put(KEY, key);
    new Caller(key.id(), key.bots()).put(ctx);
  }

  /** Anything in a URL ends up in the logs of every proxy on the way. */
  private static void refuseInQuery(RoutingContext ctx) {
    boolean lines = LINE_PROTOCOL.contains(ctx.request().path());
    for (String name : ctx.queryParams().names()) {
      if (IN_QUERY.contains(name.toLowerCase(Locale.ROOT)) || (lines && name.equals("p"))) {
        throw new Problem(
            401,
            "unauthorized",
            "an API key goes in the Authorization header, never in the query string; renew this"
                + " one");
      }
    }
  }

  private static Optional<String> offered(HttpServerRequest request) {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    for (String scheme : new String[] {"Bearer ", "Token "}) {
      if (header != null && header.regionMatches(true, 0, scheme, 0, scheme.length())) {
        return Optional.of(header.substring(scheme.length()).strip());
      }
    }
    if (header != null && LINE_PROTOCOL.contains(request.path())) {
      return password(header);
    }
    boolean binance = request.path().startsWith(BINANCE) && request.headers().contains(MBX);
    return Optional.ofNullable(request.getHeader(binance ? MBX : "X-API-Key"));
  }

  /** The password of {@code Basic}: all that InfluxDB 1 and QuestDB clients may be able to send. */
  private static Optional<String> password(String header) {
    if (!header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return Optional.empty();
    }
    try {
      byte[] pair = Base64.getDecoder().decode(header.substring(BASIC.length()).strip());
      String[] parts = new String(pair, StandardCharsets.UTF_8).split(":", 2);
      return parts.length == 2 ? Optional.of(parts[1]) : Optional.empty();
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  private static String scope(HttpServerRequest request) {
    boolean ingests = request.method() == HttpMethod.POST || request.path().equals("/v1/ingest");
    if (ingests) {
      return "ingest";
    }
    boolean declares = request.method() == HttpMethod.PUT || request.method() == HttpMethod.DELETE;
    return declares ? "admin" : "read";
  }
}
