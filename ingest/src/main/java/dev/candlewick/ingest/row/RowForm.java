package dev.candlewick.ingest.row;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;

/**
 * How the rows of a kind are kept on disk: already validated, so that reading them back depends on
 * no clock, retention or rule.
 */
public interface RowForm {
  void write(DataOutputStream out, List<Row> rows) throws IOException;

  /** {@code version}: 1 or {@link #VERSION}. */
  List<Row> read(DataInputStream in, int version) throws IOException;

  /** Trades of version 1 have no id text and no action. */
  int VERSION = 2;
}
