package dev.candlewick.client.format;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/** Files made by a test, and what is read of them. */
abstract class TestFiles {
  static final String KLINE =
      "1704067200000,42283.58,42298.62,42261.02,42298.61,35.92724,1704067259999,1519032.06,1327,23.18766,980394.42,0\n";
  static final String KLINE_MICROS =
      "1735689600000000,93576.00,93610.93,93537.50,93610.93,8.21827,1735689659999999,768978.53,2631,3.95157,369757.32,0\n";

  @TempDir Path folder;

  final List<String> told = new ArrayList<>();

  FileOptions options(Kind kind, String format, String zone, Map<String, String> map) {
    return new FileOptions(
        kind, format, new FileOptions.Given(null, null, null), ZoneId.of(zone), "ms", map, "", "");
  }

  Path file(String name, String text) throws IOException {
    return Files.write(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8));
  }

  Path gzip(String name, String... members) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String member : members) {
      try (OutputStream packed = new GZIPOutputStream(bytes)) {
        packed.write(member.getBytes(StandardCharsets.UTF_8));
      }
    }
    return Files.write(folder.resolve(name), bytes.toByteArray());
  }

  Path zip(String name, String... namesAndTexts) throws IOException {
    Path file = folder.resolve(name);
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < namesAndTexts.length; i += 2) {
        zip.putNextEntry(new ZipEntry(namesAndTexts[i]));
        zip.write(namesAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
      }
    }
    return file;
  }

  List<String> rows(Path file, Kind kind) throws IOException {
    return rows(file, options(kind, "auto", "UTC", Map.of()));
  }

  /** The rows, each with what holds for all of its part. */
  List<String> rows(Path file, FileOptions options) throws IOException {
    List<String> all = new ArrayList<>();
    try (FileRows rows = new FileRows(file, options, told::add)) {
      while (rows.next()) {
        all.add(
            (String.join(" ", rows.defaults()) + " " + rows.json())
                .replace("\"", "")
                .replace(" unit:us", "")
                .replace("unit:us ", ""));
      }
    }
    return all;
  }

  String failure(Path file, FileOptions options) {
    Throwable[] caught = new Throwable[1];
    assertThatThrownBy(() -> rows(file, options)).satisfies(e -> caught[0] = e);
    return String.valueOf(caught[0].getMessage());
  }

  FileOptions withVenue(@Nullable String venue) {
    return new FileOptions(
        Kind.CANDLES,
        "auto",
        new FileOptions.Given(venue, null, null),
        ZoneId.of("UTC"),
        "ms",
        Map.of(),
        "",
        "");
  }
}
