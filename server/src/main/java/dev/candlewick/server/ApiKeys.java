package dev.candlewick.server;

import dev.candlewick.Problem;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The API keys of the file that {@code CANDLEWICK_API_KEYS_FILE} names, a key a line: {@code <id>
 * <scopes> <SHA-256 of the key, hex>}, for example {@code 7 ingest,read 9f86d0...}; {@code #}
 * begins a comment. Ids are whole numbers from 1; streams belong to the id, so keep it when a key
 * is renewed. Without a file everything is allowed, and the server listens on loopback only.
 */
final class ApiKeys {
  private static final String KEY_ID = "candlewick.apiKeyId";
  private static final Set<String> SCOPES = Set.of("ingest", "read", "admin");

  private final List<Key> keys;

  private record Key(int id, Set<String> scopes, byte[] sha256) {}

  private ApiKeys(List<Key> keys) {
    this.keys = keys;
  }

  static ApiKeys load(@Nullable Path file) throws ServerException {
    if (file == null) {
      return new ApiKeys(List.of());
    }
    List<Key> keys = new ArrayList<>();
    try {
      int number = 0;
      for (String line : Files.readAllLines(file)) {
        number++;
        String entry = line.replaceFirst("#.*", "").strip();
        if (!entry.isEmpty()) {
          keys.add(key(entry, file, number));
        }
      }
    } catch (IOException e) {
      throw new ServerException("CANDLEWICK_API_KEYS_FILE cannot be read: " + e);
    }
    if (keys.isEmpty()) {
      throw new ServerException("CANDLEWICK_API_KEYS_FILE holds no key");
    }
    return new ApiKeys(keys);
  }

  private static Key key(String entry, Path file, int line) throws ServerException {
    String[] parts = entry.split("\\s+");
    if (parts.length != 3
        || !parts[0].matches("[1-9][0-9]{0,8}")
        || !SCOPES.containsAll(Set.of(parts[1].split(",")))
        || !parts[2].matches("(?i)[0-9a-f]{64}")) {
      throw new ServerException(
          "line "
              + line
              + " of "
              + file
              + " is not: id scopes sha256, scopes of ingest,read,admin");
    }
    return new Key(
        Integer.parseInt(parts[0]),
        Set.of(parts[1].split(",")),
        HexFormat.of().parseHex(parts[2].toLowerCase(Locale.ROOT)));
  }

  String defaultHost() {
    return keys.isEmpty() ? "127.0.0.1" : "0.0.0.0";
  }

  /** Everything mounted after this needs a key, if there are any. */
  void mount(Router router) {
    if (!keys.isEmpty()) {
      router.route().handler(this::check);
    }
  }

  /** The id of the key a request came with; 0 where no keys are configured. */
  static int idOf(RoutingContext ctx) {
    Integer id = ctx.get(KEY_ID);
    return id == null ? 0 : id;
  }

  private void check(RoutingContext ctx) {
    Optional<Key> key = offered(ctx.request()).flatMap(this::find);
    if (key.isEmpty()) {
      throw new Problem(401, "unauthorized", "a valid API key is needed");
    }
    String scope = scope(ctx.request());
    if (!key.get().scopes().contains(scope) && !key.get().scopes().contains("admin")) {
      throw new Problem(403, "forbidden", "this API key has not the scope " + scope);
    }
    ctx.put(KEY_ID, key.get().id());
    ctx.next();
  }

  private static Optional<String> offered(HttpServerRequest request) {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return Optional.of(header.substring(7).strip());
    }
    return Optional.ofNullable(request.getHeader("X-API-Key"));
  }

  /** Looks at every key, so that the time taken tells nothing. */
  private Optional<Key> find(String offered) {
    byte[] sha256 = sha256(offered);
    Key found = null;
    for (Key key : keys) {
      if (MessageDigest.isEqual(key.sha256(), sha256)) {
        found = key;
      }
    }
    return Optional.ofNullable(found);
  }

  private static String scope(HttpServerRequest request) {
    boolean ingests = request.method() == HttpMethod.POST || request.path().equals("/v1/ingest");
    if (ingests) {
      return "ingest";
    }
    return request.method() == HttpMethod.PUT ? "admin" : "read";
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
