package dev.candlewick.ingest.table;

import dev.candlewick.record.Kind;
import dev.candlewick.record.KindJson;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The declarations that come with the server: {@code sql/kinds/*.json}. */
final class ShippedKinds {
  private static final String ONE_OF_THEM = "/db/kinds/README.md";

  private ShippedKinds() {}

  /** By name. Empty if the class path has none. */
  static List<Kind> read() {
    URL one = ShippedKinds.class.getResource(ONE_OF_THEM);
    if (one == null) {
      return List.of();
    }
    try {
      URI place = one.toURI();
      if (!place.getScheme().equals("jar")) {
        return read(Path.of(place).resolveSibling("."));
      }
      String jar = place.getSchemeSpecificPart().replaceFirst("!.*", "");
      try (FileSystem files = FileSystems.newFileSystem(Path.of(URI.create(jar)), Map.of())) {
        return read(files.getPath(ONE_OF_THEM).resolveSibling("."));
      }
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("the declarations on the class path cannot be read", e);
    }
  }

  private static List<Kind> read(Path directory) throws IOException {
    List<Kind> kinds = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> sorted = files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
      for (Path file : sorted) {
        kinds.add(KindJson.read(Files.readString(file)));
      }
    }
    return kinds;
  }
}
