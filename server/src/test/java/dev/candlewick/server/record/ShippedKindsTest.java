package dev.candlewick.server.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The kinds that come with the server, and the table of where other designs' columns live. */
class ShippedKindsTest {
  private static final Path KINDS = Path.of("..", "sql", "kinds");
  private static final Set<String> TYPES =
      Set.of(
          "text",
          "integer",
          "number",
          "decimal",
          "boolean",
          "timestamp",
          "json",
          "venue",
          "symbol",
          "levels");

  /** Declarations by the name of their file. */
  private static Map<String, JsonObject> kinds() throws IOException {
    Map<String, JsonObject> kinds = new TreeMap<>();
    try (Stream<Path> files = Files.list(KINDS)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".json")).toList()) {
        String name = file.getFileName().toString().replace(".json", "");
        kinds.put(name, new JsonObject(Files.readString(file)));
      }
    }
    return kinds;
  }

  private static List<JsonObject> columns(JsonObject kind) {
    return kind.getJsonArray("columns").stream().map(JsonObject.class::cast).toList();
  }

  private static List<String> names(JsonObject kind) {
    return columns(kind).stream().map(column -> column.getString("name")).toList();
  }

  private static boolean isRequired(JsonObject kind, Object name) {
    return columns(kind).stream()
        .anyMatch(
            column ->
                column.getString("name").equals(name) && column.getBoolean("required", false));
  }

  @Test
  void areTheseNineteen() throws IOException {
    assertThat(kinds().keySet())
        .containsExactlyInAnyOrder(
            "bots",
            "bot_configs",
            "orders",
            "fills",
            "positions",
            "signals",
            "balances",
            "risk_metrics",
            "risk_events",
            "events",
            "portfolio",
            "journal",
            "performance",
            "setups",
            "models",
            "predictions",
            "logs",
            "books",
            "daily_features");
  }

  @Test
  void areDeclarations() throws IOException {
    kinds()
        .forEach(
            (name, kind) -> {
              assertThat(kind.getString("kind")).isEqualTo(name);
              assertThat(kind.getString("retention")).matches("none|[1-9][0-9]*d");
              assertThat(kind.getString("chunk")).matches("[1-9][0-9]*d");
              JsonArray key = kind.getJsonArray("key");
              assertThat(key.size()).isBetween(1, 8);
              assertThat(key).allSatisfy(column -> assertThat(isRequired(kind, column)).isTrue());
              assertThat(names(kind)).doesNotHaveDuplicates().doesNotContain("ts");
              assertThat(columns(kind))
                  .allSatisfy(
                      column -> {
                        assertThat(column.getString("name")).matches("[a-z][a-z0-9_]{0,62}");
                        assertThat(column.getString("type")).isIn(TYPES);
                      });
              assertThat(names(kind).contains("venue")).isEqualTo(names(kind).contains("symbol"));
            });
  }

  @Test
  void knowARowOfABotByItsBotSoThatNoneWritesOverAnothers() throws IOException {
    kinds()
        .forEach(
            (name, kind) -> {
              if (names(kind).contains("bot")) {
                assertThat(kind.getJsonArray("key").getString(0)).as(name).isEqualTo("bot");
              }
            });
  }

  @Test
  void haveEachColumnThatTheTableNames() throws IOException {
    Map<String, Set<String>> held = new TreeMap<>();
    kinds()
        .forEach(
            (name, kind) -> {
              Set<String> names = new TreeSet<>(names(kind));
              names.add("ts");
              held.put(name, names);
            });
    String readme = Files.readString(KINDS.resolve("README.md"));
    List<MatchResult> named =
        Pattern.compile("`([a-z_]+)\\.([a-z0-9_]+)`").matcher(readme).results().toList();
    assertThat(named)
        .hasSizeGreaterThan(300)
        .allSatisfy(
            match ->
                assertThat(held.getOrDefault(match.group(1), Set.of()))
                    .as(match.group())
                    .contains(match.group(2)));
  }

  @Test
  void giveEachColumnOfTheTableAHome() throws IOException {
    String readme = Files.readString(KINDS.resolve("README.md"));
    List<String> rows =
        Pattern.compile("(?m)^\\| [1-5] .*")
            .matcher(readme)
            .results()
            .map(MatchResult::group)
            .toList();
    assertThat(rows)
        .hasSizeGreaterThan(600)
        .allSatisfy(
            row ->
                assertThat(row)
                    .matches("\\| [1-5] [a-z0-9_.]+( [a-z0-9_.]+)?\\.[a-z0-9_]+ \\| [^|]{4,} \\|"));
    assertThat(rows.stream().map(row -> row.split("\\|", -1)[1])).doesNotHaveDuplicates();
  }
}
