package dev.candlewick.client.format;

import java.util.HashMap;
import java.util.Map;

/**
 * A trade's id from its venue's sequence number, which the trades of one packet share: the second
 * one with the same instrument and time gets {@code .1} appended, and so on. The same file always
 * gives the same ids.
 */
final class OccurrenceId implements Conversion {
  private final int time;
  private final int instrument;
  private final Map<String, Integer> seen = new HashMap<>();
  private String packet = "";

  /** {@code instrument}: the column that identifies it, below 0 if none does. */
  OccurrenceId(int time, int instrument) {
    this.time = time;
    this.instrument = instrument;
  }

  @Override
  public boolean write(Cells cells, int cell, StringBuilder json) throws FormatException {
    String sequence = cells.get(cell);
    String next = cells.get(time) + " " + sequence;
    if (!next.equals(packet)) {
      packet = next;
      seen.clear();
    }
    int before = seen.merge(instrument < 0 ? "" : cells.get(instrument), 1, Integer::sum) - 1;
    if (before == 0) {
      return ID.write(cells, cell, json);
    }
    Conversion.appendQuoted(json, sequence + "." + before);
    return true;
  }
}
