package dev.candlewick.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A PostgreSQL of a test's own, made by the script {@code sql/timescaledb}: as durable as any (with
 * {@code --fast} a crash would lose commits that were told), and free to be killed, frozen and
 * filled. Where the kernel lets this user mount one, in a mount name space, its test databases live
 * on a disk in memory whose room can be taken away.
 */
public final class OwnCluster implements AutoCloseable {
  private static final String DISK = "small";
  private static final String END = "-- end";

  /** No root is needed: in a name space of one's own everyone may mount. */
  private static final String SHELL =
      """
      if unshare -m true 2>/dev/null; then
        export MAY_MOUNT=yes; exec unshare -m bash
      elif unshare -rm true; then
        export MAY_MOUNT=yes AS="unshare -U --map-user=$(id -u) --map-group=$(id -g)"
        exec unshare -rm bash
      fi
      exec bash
      """;

  private final Process shell;
  private final Writer commands;
  private final BufferedReader answers;
  private final String script;
  private final Thread wipe = new Thread(this::wipe);
  private URI url;
  private String data = "";
  private String disk = "";
  private String fullSize = "";
  private long postmaster;

  private OwnCluster(String purpose, String options) {
    try {
      shell =
          new ProcessBuilder("bash", "-c", SHELL)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    commands = shell.outputWriter(StandardCharsets.UTF_8);
    answers =
        new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8));
    script =
        "$AS bash '%s' %%s --name %s-%d"
            .formatted(
                Path.of("..", "sql", "timescaledb").toAbsolutePath().normalize(),
                purpose,
                ProcessHandle.current().pid());
    Runtime.getRuntime().addShutdownHook(wipe);
    url = URI.create(run(script.formatted("start") + options));
  }

  /** A streaming replica of it, with a copy of its files. */
  public OwnCluster replica(String purpose) {
    String own = server().text("show data_directory").replaceFirst(".*/([^/]+)/[^/]+$", "$1");
    OwnCluster replica = new OwnCluster(purpose, " --replica-of " + own);
    replica.findPostmaster();
    return replica;
  }

  /** Makes a primary of a replica. */
  public void promote() {
    run(script.formatted("promote"));
  }

  /** Host and port, as a URL has them. */
  public String address() {
    return url.getHost() + ":" + url.getPort();
  }

  /** A database of that name here, which a replica has of its primary. */
  public TestDatabase sameAs(TestDatabase database) {
    return TestDatabase.at(
        url.resolve("/" + Path.of(URI.create(database.url()).getPath()).getFileName()));
  }

  /** Starts one; empty, and said aloud, where the script cannot run it. */
  public static Optional<OwnCluster> start(String purpose) {
    OwnCluster cluster = new OwnCluster(purpose, "");
    if (cluster.url.getPort() < 0) {
      cluster.close();
      System.err.println("LEFT OUT: sql/timescaledb cannot run a PostgreSQL here");
      return Optional.empty();
    }
    cluster.findPostmaster();
    return Optional.of(cluster);
  }

  private synchronized String run(String command) {
    try {
      commands.write(command + "\necho '" + END + "'\n");
      commands.flush();
      List<String> lines = new ArrayList<>();
      for (String line = answers.readLine();
          line != null && !line.equals(END);
          line = answers.readLine()) {
        lines.add(line);
      }
      return String.join("\n", lines);
    } catch (IOException e) {
      throw new UncheckedIOException(command, e);
    }
  }

  private void findPostmaster() {
    postmaster =
        server().number("select split_part(pg_read_file('postmaster.pid'), chr(10), 1)::bigint");
  }

  private TestDatabase server() {
    return TestDatabase.at(url);
  }

  /** A new database without any schema, on the small disk if there is one. */
  public TestDatabase database() {
    return TestDatabase.emptyOn(url, disk.isEmpty() ? "pg_default" : DISK);
  }

  /**
   * Makes the small disk.
   *
   * @return false, said aloud, where the kernel does not let this user mount
   */
  public boolean makeSmallDisk(int megabytes) {
    String data = server().text("show data_directory");
    String folder = Path.of(data).resolveSibling(DISK).toString();
    fullSize = megabytes + "m";
    String made =
        run(
            "[ $MAY_MOUNT ] && mkdir '%s' && mount -t tmpfs -o size=%s,mode=700,uid=$(stat -c %%u '%s') %s '%s' && echo made"
                .formatted(folder, fullSize, data, DISK, folder));
    if (!made.equals("made")) {
      System.err.println("LEFT OUT: this kernel does not let this user mount, so no disk is full");
      return false;
    }
    disk = folder;
    server().execute("create tablespace " + DISK + " location '" + folder + "'");
    return true;
  }

  /** Leaves no room on the small disk but what is used. */
  public void fillDisk() {
    // What is used may grow in between.
    run(
        "until %s; do sleep 0.05; done"
            .formatted(resize("$(df -k --output=used '%s' | tail -1)k")));
  }

  /** Gives the room back. */
  public void freeDisk() {
    run(resize(fullSize));
  }

  private String resize(String size) {
    String mount = "mount -i -o remount,size=" + size + " " + DISK + " '%s'";
    return mount.replace("%s", disk) + " 2>/dev/null";
  }

  /** Starts it again. */
  public void start() {
    url = URI.create(run(script.formatted("start")));
    findPostmaster();
  }

  /** Stops it as an operator would; open transactions are rolled back. */
  public void stop() {
    run(script.formatted("stop"));
  }

  /** Stops it, keeps a copy of its files, and starts it again. */
  public void save() {
    data = server().text("show data_directory");
    stop();
    run("cp -a '" + data + "' '" + data + ".saved'");
    start();
  }

  /** Stops it, puts the copy back in the place of its files, and starts it again. */
  public void putBack() {
    stop();
    run("rm -rf '%s' && cp -a '%s.saved' '%s'".replace("%s", data));
    start();
  }

  /** kill -9 of the postmaster; the others end when they notice. */
  public void kill() {
    ProcessHandle.of(postmaster).ifPresent(ProcessHandle::destroyForcibly);
  }

  /** Stops every process of it where it stands: connections stay, nothing answers. */
  public void freeze() {
    signal("STOP");
  }

  /** Lets the frozen go on. */
  public void thaw() {
    signal("CONT");
  }

  private void signal(String signal) {
    if (postmaster == 0) {
      return;
    }
    // The postmaster first, so that it starts no more.
    signal(signal, postmaster);
    ProcessHandle.of(postmaster).stream()
        .flatMap(ProcessHandle::children)
        .forEach(child -> signal(signal, child.pid()));
  }

  /** Sends a process a signal, {@code STOP} as an example; one that has ended already gets none. */
  static void signal(String signal, long process) {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(process)).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void wipe() {
    thaw();
    stop();
    run(disk.isEmpty() ? "" : "umount '" + disk + "'");
    run(script.formatted("wipe"));
    shell.destroy();
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(wipe);
    wipe();
  }
}
