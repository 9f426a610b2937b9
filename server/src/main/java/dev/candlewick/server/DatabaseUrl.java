package dev.candlewick.server;

import dev.candlewick.net.DatabaseSession;
import dev.candlewick.net.WatchedSockets;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * {@code postgresql://user:password@host:port,host:port/database?parameters}; the password is never
 * printed.
 *
 * @param hosts one or several; the first one that answers and is of the wanted kind is used
 * @param parameters after the question mark: {@code sslmode} ({@code disable}, {@code prefer},
 *     {@code require}, {@code verify-ca}, {@code verify-full}), {@code sslrootcert}, the file with
 *     the certificate of the authority to trust, {@code target_session_attrs} ({@code any}, {@code
 *     read-write}, {@code primary}, {@code read-only}, {@code standby}, {@code prefer-standby}),
 *     and {@code pool_mode=transaction} if a connection pooler lends sessions per transaction
 */
record DatabaseUrl(
    List<Host> hosts,
    String database,
    String user,
    String password,
    Map<String, String> parameters) {
  /** Where a server listens. */
  record Host(String name, int port) {
    @Override
    public String toString() {
      return name + ":" + port;
    }
  }

  /** Which of several servers is wanted. */
  enum Target {
    ANY("any"),
    PRIMARY("primary"),
    STANDBY("secondary"),
    PREFER_STANDBY("preferSecondary");

    /** The JDBC driver's word. */
    private final String word;

    Target(String word) {
      this.word = word;
    }
  }

  private static final Map<String, Target> TARGETS =
      Map.of(
          "any", Target.ANY,
          "read-write", Target.PRIMARY,
          "primary", Target.PRIMARY,
          "read-only", Target.STANDBY,
          "standby", Target.STANDBY,
          "prefer-standby", Target.PREFER_STANDBY);

  private static final String TARGET = "target_session_attrs";
  private static final Pattern HOST =
      Pattern.compile("([^:\\[\\]]+|\\[[^\\]]+])(?::([0-9]{1,5}))?");
  private static final Set<String> POOL_MODES = Set.of("session", "transaction");
  private static final Set<String> SSL_MODES =
      Set.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

  /** The name of a migrator's sessions. */
  static final String MIGRATOR = "candlewick-migrate";

  /** Settings for a session that may take its time, also to read what it has asked for. */
  static final String MIGRATING =
      DatabaseSession.options(
          Map.of("statement_timeout", "0", "lock_timeout", "0", "tcp_user_timeout", "0"));

  /** Of one host. */
  DatabaseUrl(
      String host,
      int port,
      String database,
      String user,
      String password,
      Map<String, String> parameters) {
    this(List.of(new Host(host, port)), database, user, password, parameters);
  }

  /**
   * Parses a URL.
   *
   * @throws IllegalArgumentException if it is not one; the message does not repeat it
   */
  static DatabaseUrl parse(String url) {
    try {
      URI uri = new URI(url);
      boolean known = "postgresql".equals(uri.getScheme()) || "postgres".equals(uri.getScheme());
      String path = uri.getPath();
      String authority = uri.getRawAuthority();
      if (!known || authority == null || path == null || path.length() < 2) {
        throw new IllegalArgumentException("must be postgresql://user:password@host:port/database");
      }
      int at = authority.lastIndexOf('@');
      String[] credentials = (at < 0 ? "postgres" : authority.substring(0, at)).split(":", 2);
      return new DatabaseUrl(
          hosts(authority.substring(at + 1)),
          path.substring(1),
          decode(credentials[0]),
          credentials.length < 2 ? "" : decode(credentials[1]),
          parameters(uri.getRawQuery() == null ? "" : uri.getRawQuery()));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("is not a URL", e);
    }
  }

  private static List<Host> hosts(String text) {
    List<Host> hosts = new ArrayList<>();
    for (String one : text.split(",", -1)) {
      Matcher form = HOST.matcher(one);
      if (!form.matches() || (form.group(2) != null && Integer.parseInt(form.group(2)) > 65_535)) {
        throw new IllegalArgumentException("must be postgresql://user:password@host:port/database");
      }
      hosts.add(
          new Host(form.group(1), form.group(2) == null ? 5432 : Integer.parseInt(form.group(2))));
    }
    return List.copyOf(hosts);
  }

  /** Two drivers read them, so only what means the same to both is allowed. */
  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new TreeMap<>();
    for (String parameter : query.isEmpty() ? new String[0] : query.split("&")) {
      String[] parts = parameter.split("=", 2);
      String value = parts.length < 2 ? "" : decode(parts[1]);
      boolean known =
          switch (parts[0]) {
            case "sslmode" -> SSL_MODES.contains(value);
            case "target_session_attrs" -> TARGETS.containsKey(value);
            case "pool_mode" -> POOL_MODES.contains(value);
            default -> parts[0].equals("sslrootcert");
          };
      if (!known) {
        throw new IllegalArgumentException(
            "may have the parameters sslmode ("
                + String.join(", ", new TreeSet<>(SSL_MODES))
                + "), sslrootcert, pool_mode ("
                + String.join(", ", new TreeSet<>(POOL_MODES))
                + ") and target_session_attrs ("
                + String.join(", ", new TreeSet<>(TARGETS.keySet()))
                + ")");
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

  /** The same, for the one of several hosts that accepts writes. */
  DatabaseUrl toWrite() {
    if (target() != Target.PRIMARY && parameters.containsKey(TARGET)) {
      throw new IllegalArgumentException("needs target_session_attrs=read-write, or none");
    }
    Map<String, String> all = new TreeMap<>(parameters);
    all.put(TARGET, "read-write");
    return hosts.size() == 1
        ? this
        : new DatabaseUrl(hosts, database, user, password, Map.copyOf(all));
  }

  /** Which of several hosts is wanted. */
  Target target() {
    return TARGETS.getOrDefault(parameters.getOrDefault(TARGET, "any"), Target.ANY);
  }

  /** Whether each transaction may run in another session, prepared by the pooler only. */
  boolean isLentByTransaction() {
    return "transaction".equals(parameters.get("pool_mode"));
  }

  /** The first host. */
  String host() {
    return hosts.get(0).name();
  }

  /** The first host's port. */
  int port() {
    return hosts.get(0).port();
  }

  /** How the connection is encrypted; libpq's default if the URL does not say. */
  String sslMode() {
    return parameters.getOrDefault("sslmode", "prefer");
  }

  /** The file that {@code sslrootcert} names; present with each of the verifying modes. */
  String sslRootCertificate() {
    return parameters.getOrDefault("sslrootcert", "");
  }

  /** The whole URL, password included: for configuration, never for a log. */
  String withPassword() {
    String query =
        parameters.entrySet().stream()
            .map(parameter -> parameter.getKey() + "=" + encode(parameter.getValue()))
            .collect(Collectors.joining("&"));
    return "postgresql://%s:%s@%s/%s%s"
        .formatted(
            encode(user),
            encode(password),
            hostList(),
            database,
            query.isEmpty() ? "" : "?" + query);
  }

  private String hostList() {
    return hosts.stream().map(Host::toString).collect(Collectors.joining(","));
  }

  static String encode(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Another database on the same server. */
  DatabaseUrl withDatabase(String other) {
    return new DatabaseUrl(hosts, other, user, password, parameters);
  }

  String jdbcUrl() {
    StringBuilder url = new StringBuilder("jdbc:postgresql://" + hostList() + "/" + database);
    url.append("?sslmode=").append(sslMode());
    url.append("&tcpKeepAlive=true&socketFactory=").append(WatchedSockets.class.getName());
    if (target() != Target.ANY) {
      url.append("&targetServerType=").append(target().word);
    }
    if (isLentByTransaction()) {
      url.append("&prepareThreshold=0");
    }
    if (hosts.size() > 1) {
      // Which host it is may have changed a moment ago; a dead one must leave time for the next.
      url.append("&hostRecheckSeconds=1&connectTimeout=2");
    }
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
    properties.setProperty("ApplicationName", MIGRATOR);
    properties.setProperty("options", MIGRATING);
    return properties;
  }

  @Override
  public String toString() {
    return "postgresql://" + user + "@" + hostList() + "/" + database;
  }
}
