package dev.candlewick.bench;

import java.net.URI;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** A Candlewick with a database of its own, as the bench command starts it. */
record BenchTarget(Database database, BenchServer server) implements AutoCloseable {

  /** Starts it beside the database that {@code postgresql://user:password@host:port/name} names. */
  static BenchTarget start(@Nullable String databaseUrl) throws Exception {
    if (databaseUrl == null) {
      throw new IllegalArgumentException("CANDLEWICK_DB_URL must name a database");
    }
    URI named = URI.create(databaseUrl);
    String[] credentials = named.getUserInfo().split(":", 2);
    Properties properties = new Properties();
    properties.setProperty("user", credentials[0]);
    properties.setProperty("password", credentials[1]);
    String own = "candlewick_bench_" + ProcessHandle.current().pid();
    String host = "jdbc:postgresql://" + named.getHost() + ":" + named.getPort();
    Database database = Database.create(host + named.getPath(), host + "/" + own, properties, own);
    Map<String, String> environment =
        Map.of(
            "CANDLEWICK_DB_URL",
            named.resolve("/" + own).toString(),
            "CANDLEWICK_RETENTION_TRADES",
            "none");
    return new BenchTarget(
        database, BenchServer.start(Class.forName("dev.candlewick.server.Main"), environment));
  }

  URI url() {
    return server.url();
  }

  @Override
  public void close() throws Exception {
    server.close();
    database.close();
  }
}
