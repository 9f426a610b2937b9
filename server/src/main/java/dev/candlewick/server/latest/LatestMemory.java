package dev.candlewick.server.latest;

import dev.candlewick.server.latest.Latest.Instrument;
import dev.candlewick.server.memory.Memory;
import dev.candlewick.server.memory.Memory.Part;
import dev.candlewick.server.memory.Memory.Reading;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers for named instruments from memory and reads those that are not kept; {@link
 * dev.candlewick.server.memory} explains why its answers are what the database holds. Thread-safe.
 */
final class LatestMemory {
  /** Number of remembered lists of instruments, and the longest such list. */
  private static final int LISTS = 100;

  private static final int LONGEST = 1_000;

  private final LatestRepository repository;
  private final Memory memory;
  private final Map<LatestQuery, List<Instrument>> lists = new LinkedHashMap<>();
  private Object epoch;

  LatestMemory(LatestRepository repository, Memory memory) {
    this.repository = repository;
    this.memory = memory;
    this.epoch = memory.epoch();
  }

  /** The answer's body; fails with 404 if a symbol is unknown. */
  Future<Buffer> body(LatestQuery query) {
    // Of all venues there may be a new one at any time.
    boolean named =
        query.venue() != null && !query.symbols().isEmpty() && query.symbols().size() <= LONGEST;
    if (!memory.isOn() || !named) {
      return repository.find(query).map(all -> LatestJson.body(all, query.unit()));
    }
    List<Instrument> known = known(query);
    if (known == null || kept(known, query).isEmpty()) {
      return instruments(query).compose(found -> read(found, Map.of(), query));
    }
    return memory
        .ask()
        .transform(
            asked -> {
              List<Instrument> still = asked.succeeded() ? known(query) : null;
              return still == null
                  ? instruments(query).compose(found -> read(found, Map.of(), query))
                  : read(still, kept(still, query), query);
            });
  }

  private Future<List<Instrument>> instruments(LatestQuery query) {
    Object before = memory.epoch();
    return repository
        .instruments(query)
        .onSuccess(
            found -> {
              if (memory.epoch() == before) {
                learn(query, found);
              }
            });
  }

  /** Instruments do not change as long as the database does not. */
  private synchronized @Nullable List<Instrument> known(LatestQuery query) {
    Object now = memory.epoch();
    if (epoch != now) {
      epoch = now;
      lists.clear();
    }
    return lists.get(query);
  }

  private synchronized void learn(LatestQuery query, List<Instrument> found) {
    if (lists.size() >= LISTS) {
      lists.remove(lists.keySet().iterator().next());
    }
    lists.put(query, found);
  }

  private Map<Integer, Buffer> kept(List<Instrument> instruments, LatestQuery query) {
    long minute = KeptLatest.minuteNow();
    Map<Integer, Buffer> found = new HashMap<>();
    for (Instrument instrument : instruments) {
      KeptLatest kept = (KeptLatest) memory.get(instrument.id(), new KeptLatest.Key(query.unit()));
      if (kept != null && kept.minute() == minute) {
        found.put(instrument.id(), kept.json());
      }
    }
    return found;
  }

  /** Reads those that are not kept; what is kept has been valid since it was asked for. */
  private Future<Buffer> read(List<Instrument> all, Map<Integer, Buffer> kept, LatestQuery query) {
    List<Instrument> missing = all.stream().filter(i -> !kept.containsKey(i.id())).toList();
    memory.answered(missing.isEmpty() ? Part.ALL : kept.isEmpty() ? Part.NONE : Part.SOME);
    if (missing.isEmpty()) {
      return Future.succeededFuture(body(all, kept));
    }
    long minute = KeptLatest.minuteNow();
    List<Reading> readings = missing.stream().map(i -> memory.begin(i.id())).toList();
    return repository
        .find(missing)
        .onFailure(failed -> readings.forEach(memory::end))
        .map(
            rows -> {
              Map<Integer, Buffer> json = new HashMap<>(kept);
              for (int i = 0; i < rows.size(); i++) {
                Buffer one = LatestJson.row(rows.get(i), query.unit());
                json.put(missing.get(i).id(), one);
                memory.put(
                    readings.get(i), new KeptLatest.Key(query.unit()), new KeptLatest(minute, one));
              }
              return body(all, json);
            });
  }

  private static Buffer body(List<Instrument> all, Map<Integer, Buffer> json) {
    List<Buffer> rows = new ArrayList<>();
    for (Instrument instrument : all) {
      Buffer row = json.get(instrument.id());
      if (row != null) {
        rows.add(row);
      }
    }
    return LatestJson.body(rows);
  }
}
