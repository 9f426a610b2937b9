package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
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
    ServerConfig.KEYS.forEach(
        (key, told) -> {
          String byDefault = told[0].isEmpty() ? "" : "`" + told[0] + "`";
          assertThat(readme)
              .contains("| `CANDLEWICK_" + key + "` | " + byDefault + " | " + told[1] + " |");
        });
    assertThat(found("(?m)^\\| `CANDLEWICK_", readme)).hasSize(ServerConfig.KEYS.size());
  }
}
