package dev.candlewick.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The files of a command line, each a stream of its own. */
final class FileStreams {
  private static final int MOST_FILES = 32;

  private FileStreams() {}

  /**
   * The files by their streams.
   *
   * @param name the stream's name, for one file; null to derive it from the file and the options
   * @param options everything that shapes a file's messages, as text
   * @throws ParameterException if a file cannot be read, or two would be one stream
   */
  static Map<String, Path> of(
      List<Path> files, @Nullable String name, Object options, CommandLine line) {
    if (files.size() > (name == null ? MOST_FILES : 1)) {
      throw new ParameterException(
          line, name == null ? "at most " + MOST_FILES + " files" : "--stream is for one file");
    }
    Map<String, Path> streams = new LinkedHashMap<>();
    for (Path file : files) {
      try {
        String stream = name == null ? ReplayOptions.stream(file, options) : name;
        if (streams.put(stream, file) != null) {
          throw new ParameterException(
              line, file + ": another file would be stream " + stream + " too");
        }
      } catch (IOException e) {
        throw new ParameterException(
            line, "cannot read " + file + (Files.exists(file) ? "" : ": no such file"));
      }
    }
    return streams;
  }
}
