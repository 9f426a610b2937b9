package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The two ways that the README lists file by file are the ways that the code goes. */
class ReadmeWaysTest {
  private static final Path TOP = Path.of("..");
  private static final Pattern LINK = Pattern.compile("\\[(\\w+)]\\((\\S+\\.java)\\)");

  private record Step(String name, String code) {}

  private static List<Step> steps(String title) throws IOException {
    String readme = Files.readString(TOP.resolve("README.md"));
    String way = readme.substring(readme.indexOf("**" + title + "**"));
    way = way.substring(0, way.indexOf("\n\n"));
    List<Step> steps = new ArrayList<>();
    for (var link : LINK.matcher(way).results().toList()) {
      steps.add(new Step(link.group(1), Files.readString(TOP.resolve(link.group(2)))));
    }
    return steps;
  }

  /** Each file is one that the code of a file before it names: nobody gets there by another way. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {"A trade's way in, 14", "A candle query's way out, 10"})
  void leadsFromFileToFile(String title, int files) throws IOException {
    List<Step> steps = steps(title);

    assertThat(steps).hasSize(files);
    for (int i = 1; i < files; i++) {
      String name = steps.get(i).name();
      assertThat(steps.subList(0, i))
          .as("some file before %s names it", name)
          .anyMatch(before -> Pattern.compile("\\b" + name + "\\b").matcher(before.code()).find());
    }
  }
}
