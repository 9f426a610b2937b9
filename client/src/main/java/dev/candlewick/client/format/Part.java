package dev.candlewick.client.format;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A file, or one of the files in a zip, unpacked: the first bytes tell how it is packed.
 *
 * @param file the file on disk
 * @param name its name without the packing's suffix, {@code BTCUSDT-1m-2024-01.csv}; for a zip the
 *     entry's
 */
record Part(Path file, String name, String entry) {
  private static final int BUFFER = 1 << 16;
  private static final int[] GZIP = {0x1f, 0x8b};
  private static final int[] ZSTD = {0x28, 0xb5, 0x2f, 0xfd};
  private static final int[] ZIP = {'P', 'K', 3, 4};
  private static final int[] EMPTY_ZIP = {'P', 'K', 5, 6};

  /** What Databento puts beside its data. */
  private static final Set<String> ABOUT =
      Set.of("metadata.json", "condition.json", "manifest.json", "symbology.json");

  /** The parts of a file; for a zip all its files, in order of their names. */
  static List<Part> of(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    if (!begins(file, ZIP) && !begins(file, EMPTY_ZIP)) {
      return List.of(new Part(file, unpacked(name), ""));
    }
    List<Part> parts = new ArrayList<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        String path = entry.getName();
        String last = path.substring(path.lastIndexOf('/') + 1);
        if (path.equals("[Content_Types].xml")) {
          throw new IOException(file + ": a spreadsheet: save it as CSV");
        }
        if (!entry.isDirectory() && !last.startsWith(".") && !path.startsWith("__MACOSX/")) {
          parts.add(new Part(file, unpacked(last), path));
        }
      }
      parts.removeIf(part -> part.isAbout(zip));
    } catch (ZipException e) {
      throw new IOException(file + ": not a whole zip: " + e.getMessage(), e);
    }
    parts.sort(Comparator.comparing(Part::entry));
    if (parts.isEmpty()) {
      throw new IOException(file + ": a zip without a file");
    }
    return parts;
  }

  /** Whether it has no rows, but says something about others: HistData has a report by each CSV. */
  private boolean isAbout(ZipFile zip) {
    boolean isReport =
        entry.endsWith(".txt") && zip.getEntry(entry.replaceAll("txt$", "csv")) != null;
    return isReport || ABOUT.contains(name) || name.endsWith(".CHECKSUM");
  }

  private static String unpacked(String name) {
    return name.replaceAll("(?i)\\.(gz|zst|zip)$", "");
  }

  /** Whether the file starts with these bytes. */
  static boolean begins(Path file, int... magic) throws IOException {
    try (InputStream bytes = Files.newInputStream(file)) {
      return begins(bytes, magic);
    }
  }

  private static boolean begins(InputStream bytes, int... magic) throws IOException {
    for (int expected : magic) {
      if (bytes.read() != expected) {
        return false;
      }
    }
    return true;
  }

  /** Its bytes, unpacked. */
  InputStream open() throws IOException {
    InputStream packed = entry.isEmpty() ? Files.newInputStream(file) : unzip();
    InputStream bytes = new BufferedInputStream(packed, BUFFER);
    try {
      bytes.mark(ZSTD.length);
      boolean gzip = begins(bytes, GZIP);
      bytes.reset();
      boolean zstd = begins(bytes, ZSTD);
      bytes.reset();
      if (gzip) {
        return new Gunzip(bytes, BUFFER);
      }
      return zstd ? new BufferedInputStream(unzstd(bytes), BUFFER) : bytes;
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  /** The library's own texts don't say what is wrong, and one of its exceptions is unchecked. */
  private static InputStream unzstd(InputStream packed) {
    return new FilterInputStream(new ZstdInputStream(packed)) {
      @Override
      public int read(byte[] bytes, int from, int length) throws IOException {
        try {
          return super.read(bytes, from, length);
        } catch (MalformedInputException | IOException e) {
          throw new IOException("the zstd data is damaged or ends too early: " + e.getMessage(), e);
        }
      }
    };
  }

  private InputStream unzip() throws IOException {
    ZipFile zip = new ZipFile(file.toFile());
    InputStream bytes = zip.getInputStream(zip.getEntry(entry));
    return new FilterInputStream(bytes) {
      @Override
      public void close() throws IOException {
        zip.close();
      }
    };
  }

  /** Its name in messages. */
  @Override
  public String toString() {
    return entry.isEmpty() ? file.toString() : file + " (" + entry + ")";
  }
}
