package dev.candlewick.server.live;

import dev.candlewick.server.web.Json;
import dev.candlewick.server.web.Times;
import io.vertx.core.buffer.Buffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What one subscription still has to send: its snapshot, {@code live}, then what has changed. */
final class Subscription<T> {
  private final long id;
  private final Rows<T> rows;
  private final Times unit;
  private final TreeMap<Long, T> waiting = new TreeMap<>();
  private @Nullable List<T> snapshot;
  private boolean snapshotSent;
  private boolean live;
  private long count;
  private int weight;

  Subscription(long id, Rows<T> rows, Times unit) {
    this.id = id;
    this.rows = rows;
    this.unit = unit;
  }

  long id() {
    return id;
  }

  void snapshot(List<T> state) {
    snapshot = state;
  }

  /** Returns how many of the rows replaced one that was waiting. */
  int update(List<T> changed) {
    int folded = 0;
    for (T row : changed) {
      T before = waiting.put(rows.place(row, count++), row);
      weight += rows.weight(row);
      if (before != null) {
        weight -= rows.weight(before);
        folded++;
      }
    }
    return folded;
  }

  /** How many changed rows wait to be sent; a large one counts as several. */
  int waiting() {
    return weight;
  }

  /** Whether snapshot and {@code live} are sent. */
  boolean isLive() {
    return live;
  }

  /** The next message; null if there is nothing to send now. */
  @Nullable Buffer next() {
    List<T> state = snapshot;
    if (state == null) {
      return null;
    }
    if (!state.isEmpty() || !snapshotSent) {
      int size = fitting(state);
      snapshot = state.subList(size, state.size());
      snapshotSent = true;
      return message("snapshot", state.subList(0, size));
    }
    if (!live) {
      live = true;
      snapshot = List.of();
      return LiveJson.message("live", id);
    }
    return waiting.isEmpty() ? null : message("update", takeWaiting());
  }

  private Collection<T> takeWaiting() {
    TreeMap<Long, T> taken = new TreeMap<>();
    int size = fitting(waiting.values());
    while (taken.size() < size) {
      Map.Entry<Long, T> first = waiting.pollFirstEntry();
      taken.put(first.getKey(), first.getValue());
      weight -= rows.weight(first.getValue());
    }
    return taken.values();
  }

  /** How many of the first rows fit into a message; at least one. */
  private int fitting(Collection<T> of) {
    int size = 0;
    long bytes = 0;
    for (T row : of) {
      bytes += rows.bytes(row);
      if (size == rows.perMessage() || (size > 0 && bytes > Rows.MESSAGE_BYTES)) {
        break;
      }
      size++;
    }
    return size;
  }

  private Buffer message(String type, Collection<T> sent) {
    return Json.buffer(
        json -> {
          json.writeStartObject();
          json.writeStringField("t", type);
          json.writeNumberField("id", id);
          json.writeArrayFieldStart("rows");
          for (T row : sent) {
            rows.write(json, row, unit);
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }
}
