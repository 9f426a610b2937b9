package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README says what is so. */
class ReadmeTest {
  private static final Path ROOT = Path.of("..");

  private static String readme() throws IOException {
    return Files.readString(ROOT.resolve("README.md"));
  }

  private static List<String> found(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(MatchResult::group).toList();
  }

  @Test
  void linksToFilesThatExist() throws IOException {
    List<String> links = found("(?<=\\]\\()[^)#:]+(?=\\))", readme());
    assertThat(links)
        .hasSizeGreaterThan(15)
        .allSatisfy(link -> assertThat(ROOT.resolve(link)).exists());
  }

  @Test
  void listsEveryConfigurationKeyWithItsDefault() throws IOException {
    String readme = readme();
    for (Setting<?> setting : Settings.all()) {
      String byDefault = setting.byDefault().isEmpty() ? "" : "`" + setting.byDefault() + "`";
      assertThat(readme)
          .contains("| `" + setting.name() + "` | " + byDefault + " | " + setting.meaning() + " |");
    }
    assertThat(found("(?m)^\\| `CANDLEWICK_", readme)).hasSize(Settings.all().size());
  }

  @Test
  void namesTestsThatExistInTheTableOfSecurity() throws IOException {
    String table = Files.readString(ROOT.resolve("monitoring/README.md"));
    String test = "";
    int named = 0;
    for (String name : found("`(?:\\w+(?:IT|Test))?(?:\\.\\w+)?`", table)) {
      String[] parts = name.replace("`", "").split("\\.", -1);
      if (parts[0].matches("\\w+(IT|Test)")) {
        test = source(parts[0] + ".java");
      }
      if (parts.length > 1 && (parts[0].isEmpty() || parts[0].matches("\\w+(IT|Test)"))) {
        assertThat(test).as(name).contains("void " + parts[1] + "(");
        named++;
      }
    }
    assertThat(named).isGreaterThan(30);
  }

  private static String source(String file) throws IOException {
    for (String module : List.of("ingest", "server")) {
      try (Stream<Path> all = Files.walk(ROOT.resolve(module + "/src/test"))) {
        Optional<Path> found = all.filter(path -> path.endsWith(file)).findAny();
        if (found.isPresent()) {
          return Files.readString(found.get());
        }
      }
    }
    throw new AssertionError("no test " + file);
  }
}
