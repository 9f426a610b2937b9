package dev.candlewick.torture;

import dev.candlewick.server.ServerProcess;
import java.util.ArrayList;
import java.util.List;

/** Looks at the server twice a second: its memory, and what must not leak. */
final class Watch {
  private static final int MOST_THREADS = 100;
  private static final int MOST_FILES = 300;

  private final Stage stage;
  private final long memoryBound;
  private final Thread thread = new Thread(this::look, "watch");
  private volatile boolean stopping;
  private volatile long memory;
  private volatile long threads;
  private volatile long files;

  Watch(Stage stage, long memoryBound) {
    this.stage = stage;
    this.memoryBound = memoryBound;
    thread.setDaemon(true);
    thread.start();
  }

  private void look() {
    while (!stopping) {
      ServerProcess server = stage.server();
      memory = Math.max(memory, server.status("VmHWM") * 1024);
      threads = Math.max(threads, server.status("Threads"));
      files = Math.max(files, server.openFiles());
      ServerProcess.sleep(500);
    }
  }

  void stop() {
    stopping = true;
  }

  /** What went over its bound, and what must never be printed. */
  List<String> wrongs() {
    List<String> wrongs = new ArrayList<>();
    if (memory > memoryBound) {
      wrongs.add("the server took %d bytes of memory, more than %d".formatted(memory, memoryBound));
    }
    if (threads > MOST_THREADS || files > MOST_FILES) {
      wrongs.add("the server had %d threads and %d files open".formatted(threads, files));
    }
    for (String line : stage.output()) {
      if (line.contains("candlewick:candlewick@") || line.startsWith("\tat ")) {
        wrongs.add("the server printed: " + line);
      }
    }
    return wrongs;
  }

  @Override
  public String toString() {
    return "%d MB of memory (bound %d MB), %d threads, %d files"
        .formatted(memory >> 20, memoryBound >> 20, threads, files);
  }
}
