package dev.candlewick.server;

import dev.candlewick.net.DatabaseSession;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * {@code postgresql://user:password@host:port/database?parameters}; the password is never printed.
 *
 * @param parameters after the question mark: {@code sslmode} ({@code disable}, {@code prefer},
 *     {@code require}, {@code verify-ca}, {@code verify-full}) and {@code sslrootcert}, the file
 *     with the certificate of the authority to trust
 */
record DatabaseUrl(
    String host,
    int port,
    String database,
    String user,
    String password,
    Map<String, String> parameters) {
  private static final Set<String> SSL_MODES =
      Set.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

  /** Settings of a migrator's session, which may take its time. */
  static final String MIGRATING =
      DatabaseSession.options(Map.of("statement_timeout", "0", "lock_timeout", "0"));

  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException if it is none; the message does not repeat it
   */
  static DatabaseUrl parse(String url) {
    try {
      URI uri = new URI(url);
      boolean known = "postgresql".equals(uri.getScheme()) || "postgres".equals(uri.getScheme());
      String path = uri.getPath();
      if (!known || uri.getHost() == null || path == null || path.length() < 2) {
        throw new IllegalArgumentException("must be postgresql://user:password@host:port/database");
      }
      String[] credentials =
          (uri.getRawUserInfo() == null ? "postgres" : uri.getRawUserInfo()).split(":", 2);
      return new DatabaseUrl(
          uri.getHost(),
          uri.getPort() < 0 ? 5432 : uri.getPort(),
          path.substring(1),
          decode(credentials[0]),
          credentials.length < 2 ? "" : decode(credentials[1]),
          parameters(uri.getRawQuery() == null ? "" : uri.getRawQuery()));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("is no URL", e);
    }
  }

  /** Two drivers read them, so only what means the same to both is let through. */
  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new TreeMap<>();
    for (String parameter : query.isEmpty() ? new String[0] : query.split("&")) {
      String[] parts = parameter.split("=", 2);
      String value = parts.length < 2 ? "" : decode(parts[1]);
      boolean known =
          parts[0].equals("sslmode") ? SSL_MODES.contains(value) : parts[0].equals("sslrootcert");
      if (!known) {
        throw new IllegalArgumentException(
            "may have the parameters sslmode ("
                + String.join(", ", new TreeSet<>(SSL_MODES))
                + ") and sslrootcert");
      }
      parameters.put(parts[0], value);
    }
    String mode = parameters.getOrDefault("sslmode", "");
    if (mode.startsWith("verify") && !parameters.containsKey("sslrootcert")) {
      throw new IllegalArgumentException("needs sslrootcert=<file> with sslmode=" + mode);
    }
    return Map.copyOf(parameters);
  }

  private static String decode(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** How the connection is encrypted; libpq's default where the URL does not say. */
  String sslMode() {
    return parameters.getOrDefault("sslmode", "prefer");
  }

  /** The file that {@code sslrootcert} names; there with each of the verifying modes. */
  String sslRootCertificate() {
    return parameters.getOrDefault("sslrootcert", "");
  }

  /** The whole URL, password included: for a configuration, never for a log. */
  String withPassword() {
    return "postgresql://%s:%s@%s:%d/%s"
        .formatted(encode(user), encode(password), host, port, database);
  }

  static String encode(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Another database of the same server. */
  DatabaseUrl withDatabase(String other) {
    return new DatabaseUrl(host, port, other, user, password, parameters);
  }

  String jdbcUrl() {
    StringBuilder url =
        new StringBuilder("jdbc:postgresql://" + host + ":" + port + "/" + database);
    url.append("?sslmode=").append(sslMode());
    if (!sslRootCertificate().isEmpty()) {
      url.append("&sslrootcert=")
          .append(URLEncoder.encode(sslRootCertificate(), StandardCharsets.UTF_8));
    }
    return url.toString();
  }

  Properties properties() {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("loginTimeout", "5");
    properties.setProperty("ApplicationName", "candlewick-migrate");
    properties.setProperty("options", MIGRATING);
    return properties;
  }

  @Override
  public String toString() {
    return "postgresql://" + user + "@" + host + ":" + port + "/" + database;
  }
}
