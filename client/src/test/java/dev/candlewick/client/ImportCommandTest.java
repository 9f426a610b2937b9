package dev.candlewick.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What is wrong with a command line is said before anything is read. */
class ImportCommandTest {
  @Test
  void aFolderWithoutParquetIsRefusedInWords(@TempDir Path folder) {
    StringWriter err = new StringWriter();
    int exit =
        new CommandLine(new ImportCommand(null))
            .setErr(new PrintWriter(err, true))
            .execute("candles", folder.toString());
    assertThat(exit).as("%s", err).isEqualTo(2);
    assertThat(err.toString()).contains(folder + " is a folder without a .parquet file");
  }
}
