package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Files of real market data, which lie beside the repository where they are there at all. */
final class MarketData {
  static final Path FOLDER = Path.of("..", "..", "shared", "data");

  private MarketData() {}

  /** The trades of a recorded Binance stream, as rows of ours. */
  static List<JsonObject> binanceTrades(String symbol) {
    Path file = FOLDER.resolve("binance-spot-" + symbol + "-20240808.ws.gz");
    List<JsonObject> trades = new ArrayList<>();
    try (BufferedReader lines = reader(new GZIPInputStream(Files.newInputStream(file)))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.contains("@trade\"")) {
          JsonObject data =
              new JsonObject(line.substring(line.indexOf(' ') + 1)).getJsonObject("data");
          trades.add(
              Messages.trade(
                      data.getLong("T"),
                      data.getString("p"),
                      data.getString("q"),
                      data.getLong("t"))
                  .put("side", data.getBoolean("m") ? "sell" : "buy"));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(file.toString(), e);
    }
    return trades;
  }

  /** The cells of the CSV file in an archive whose name contains this. */
  static List<String[]> zipped(String archive, String name) {
    List<String[]> rows = new ArrayList<>();
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(FOLDER.resolve(archive)))) {
      ZipEntry entry = zip.getNextEntry();
      while (entry != null && !entry.getName().contains(name)) {
        entry = zip.getNextEntry();
      }
      assertThat(entry).as("%s in %s", name, archive).isNotNull();
      reader(zip).lines().filter(line -> !line.isBlank()).forEach(l -> rows.add(l.split(",", -1)));
    } catch (IOException e) {
      throw new IllegalStateException(archive, e);
    }
    return rows;
  }

  private static BufferedReader reader(InputStream in) {
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }
}
