package dev.candlewick.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candlewick.client.format.CanonicalRow;
import dev.candlewick.client.format.Kind;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows on disk: in order, and nothing is left of them; a full disk is said in words. */
class SortedRowsTest {
  private static final int ROWS = 250_000;

  @Test
  void moreThanFitInMemoryComeInOrderAndLeaveNoFile(@TempDir Path folder) throws IOException {
    Map<String, String> subject = Map.of("symbol", "S");
    try (SortedRows rows = new SortedRows(folder)) {
      for (int i = 0; i < ROWS; i++) {
        rows.add(new CanonicalRow(subject, (i * 7919L) % ROWS, "", "price=" + i));
      }
      SortedRows.Merge merge = rows.merge();
      assertThat(folder).isEmptyDirectory();
      for (int i = 0; i < ROWS; i++) {
        SortedRows.Entry row = merge.peek();
        assertThat(row == null ? -1 : row.micros()).isEqualTo(i);
        merge.pass();
      }
      assertThat(merge.peek()).isNull();
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFullDiskIsNotAStackTrace(@TempDir Path folder) throws IOException {
    SortedRows rows = new SortedRows(folder.resolve("gone"));
    rows.add(new CanonicalRow(Map.of(), 0, "", "x"));
    assertThatThrownBy(rows::merge)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(folder.resolve("gone") + ": ");
    Writer full =
        new Writer() {
          @Override
          public void write(char[] text, int from, int length) throws IOException {
            throw new IOException("No space left on device");
          }

          @Override
          public void flush() {
            // Nothing is held.
          }

          @Override
          public void close() {
            // Nothing is held.
          }
        };
    RowWriter csv =
        new RowWriter(Kind.TRADES, true, full, List.of(), text -> text, (field, cell) -> {});
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < ROWS; i++) {
                csv.write("{\"ts\":1,\"price\":1.5,\"size\":2}");
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage("No space left on device");
  }
}
