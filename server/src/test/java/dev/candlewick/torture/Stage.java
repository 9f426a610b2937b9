package dev.candlewick.torture;

import dev.candlewick.server.DatabaseProxy;
import dev.candlewick.server.OwnCluster;
import dev.candlewick.server.ServerProcess;
import dev.candlewick.server.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The server and its database, as real as they come, with a proxy on the line between them. */
final class Stage implements AutoCloseable {
  private static final int DISK_MEGABYTES = 4_096;

  private final OwnCluster cluster;
  private final boolean hasSmallDisk;
  private final TestDatabase database;
  private final DatabaseProxy proxy;
  private final Path folder;
  private final String[] settings;
  private final List<String> wrongs = new ArrayList<>();
  private final List<String> output = new ArrayList<>();
  private volatile ServerProcess server;

  /** Starts everything; what the server and the clients keep on disk goes into the folder. */
  Stage(OwnCluster cluster, Path folder, boolean spools) {
    this.cluster = cluster;
    this.folder = folder;
    this.settings =
        spools ? new String[] {"SPOOL_DIR", folder.resolve("spool").toString()} : new String[0];
    this.hasSmallDisk = cluster.makeSmallDisk(DISK_MEGABYTES);
    this.database = cluster.database();
    this.proxy = new DatabaseProxy(database.url());
    this.server = ServerProcess.start(proxy.url(), settings).awaitReady();
    server.put("/v1/kinds/" + TestRow.KIND, TestRow.DECLARATION);
    for (String table : List.of("market.trades", "record." + TestRow.KIND)) {
      database.execute(
          "alter table %s add constraint poison check (size <> %d)"
              .formatted(table, TestRow.POISON));
    }
  }

  Path folder() {
    return folder;
  }

  OwnCluster cluster() {
    return cluster;
  }

  boolean hasSmallDisk() {
    return hasSmallDisk;
  }

  TestDatabase database() {
    return database;
  }

  DatabaseProxy proxy() {
    return proxy;
  }

  ServerProcess server() {
    return server;
  }

  /** Starts another server in place of the one that has ended. */
  void startServer() {
    output.addAll(server.output());
    server = ServerProcess.start(proxy.url(), settings);
  }

  /** Waits until the proxy has done what it was told. */
  void awaitHit(Fault fault) {
    ServerProcess.await(fault.word(), Duration.ofSeconds(30), () -> proxy.hits() > 0);
  }

  /** Notes a breach. */
  void wrong(String what) {
    wrongs.add(what);
  }

  List<String> wrongs() {
    return wrongs;
  }

  /** What the servers have printed so far. */
  List<String> output() {
    List<String> all = new ArrayList<>(output);
    all.addAll(server.output());
    return all;
  }

  @Override
  public void close() {
    server.thaw();
    server.close();
    proxy.close();
    cluster.close();
  }
}
