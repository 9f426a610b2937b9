package dev.candlewick.server;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/**
 * {@code postgresql://user:password@host:port/database?parameters}; the password is never printed.
 *
 * @param parameters after the question mark, for example {@code sslmode=verify-full}
 */
record DatabaseUrl(
    String host, int port, String database, String user, String password, String parameters) {

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
          uri.getRawQuery() == null ? "" : uri.getRawQuery());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("is no URL", e);
    }
  }

  private static String decode(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** The whole URL, password included: for a configuration, never for a log. */
  String withPassword() {
    return "postgresql://%s:%s@%s:%d/%s"
        .formatted(encode(user), encode(password), host, port, database);
  }

  private static String encode(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }

  String jdbcUrl() {
    String query = parameters.isEmpty() ? "" : "?" + parameters;
    return "jdbc:postgresql://" + host + ":" + port + "/" + database + query;
  }

  Properties properties() {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("loginTimeout", "5");
    properties.setProperty("ApplicationName", "candlewick-migrate");
    return properties;
  }

  @Override
  public String toString() {
    return "postgresql://" + user + "@" + host + ":" + port + "/" + database;
  }
}
