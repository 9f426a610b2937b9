package dev.candlewick.server.memory;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was read for instruments; the least recently requested are evicted first. Thread-safe. What
 * {@link #get} returns may be used as an answer only if it is still returned after {@link #ask}
 * completes.
 */
public final class Memory {
  /** One instrument may fill this fraction of the memory. */
  private static final int SHARE = 4;

  /** Approximate size of an entry or an instrument itself. */
  private static final long OVERHEAD = 200;

  /**
   * After this time without a request everything is evicted, and the database is no longer asked.
   */
  private static final Duration UNUSED = Duration.ofMinutes(10);

  private final long most;
  private final @Nullable MemoryMetrics metrics;
  private final @Nullable Freshness freshness;

  /** In order of the last request. */
  private final Map<Integer, Map<Object, Kept>> instruments = new LinkedHashMap<>();

  private final Map<Integer, Set<Reading>> readings = new HashMap<>();
  private long bytes;
  private long used = System.nanoTime();
  private boolean known;
  private Object epoch = new Object();

  /** Keeps approximately so many bytes. */
  public Memory(long most, Vertx vertx, ChangeRepository changes, MeterRegistry registry) {
    this.most = most;
    this.metrics = new MemoryMetrics(registry, this);
    this.freshness = new Freshness(vertx, changes, this);
  }

  private Memory() {
    this.most = 0;
    this.metrics = null;
    this.freshness = null;
  }

  /** One that keeps nothing. */
  public static Memory none() {
    return new Memory();
  }

  /** A read about to be made for an instrument, and the changes reported meanwhile. */
  public static final class Reading {
    private final int instrument;
    private final List<Change> told = new ArrayList<>();
    private boolean kept;

    private Reading(int instrument) {
      this.instrument = instrument;
    }
  }

  /** Whether anything is kept at all. */
  public boolean isOn() {
    return freshness != null;
  }

  /** Completes when the memory is as the database was at some moment after this call. */
  public Future<Void> ask() {
    return freshness == null ? Future.succeededFuture() : freshness.ask();
  }

  /** What is kept; null if nothing is. */
  public synchronized @Nullable Kept get(int instrument, Object key) {
    used = System.nanoTime();
    Map<Object, Kept> its = instruments.remove(instrument);
    if (its == null) {
      return null;
    }
    instruments.put(instrument, its);
    return its.get(key);
  }

  /**
   * Must be called before the rows of an instrument to be kept are read, and be followed by {@link
   * #put} or {@link #end}.
   */
  public Reading begin(int instrument) {
    Reading reading = new Reading(instrument);
    note(reading);
    if (!reading.kept && freshness != null) {
      freshness.start();
    }
    return reading;
  }

  private synchronized void note(Reading reading) {
    used = System.nanoTime();
    reading.kept = known;
    if (known) {
      readings.computeIfAbsent(reading.instrument, first -> new HashSet<>()).add(reading);
    }
  }

  /**
   * Keeps what was read, except what has changed since; nothing if changes since then are unknown.
   */
  public synchronized void put(Reading reading, Object key, Kept read) {
    Kept fresh = end(reading) ? read : null;
    for (Change change : reading.told) {
      fresh = fresh == null ? null : fresh.without(change);
    }
    if (fresh == null) {
      return;
    }
    Map<Object, Kept> its =
        instruments.computeIfAbsent(reading.instrument, first -> new HashMap<>());
    Kept before = its.get(key);
    replace(its, key, before == null ? fresh : fresh.over(before));
    if (bytes(its) > most / SHARE) {
      forget(its);
      replace(its, key, fresh.bytes() > most / SHARE ? null : fresh);
    }
    Iterator<Map<Object, Kept>> eldest = instruments.values().iterator();
    while (bytes > most) {
      forget(eldest.next());
      eldest.remove();
    }
  }

  /** Nothing came of it; returns whether it could have been kept. */
  public synchronized boolean end(Reading reading) {
    Set<Reading> its = readings.get(reading.instrument);
    if (its != null && its.remove(reading) && its.isEmpty()) {
      readings.remove(reading.instrument);
    }
    return reading.kept;
  }

  private void replace(Map<Object, Kept> its, Object key, @Nullable Kept now) {
    Kept before = now == null ? its.remove(key) : its.put(key, now);
    bytes += cost(now) - cost(before);
  }

  private void forget(Map<Object, Kept> its) {
    bytes -= bytes(its);
    its.clear();
  }

  private static long bytes(Map<Object, Kept> its) {
    return its.values().stream().mapToLong(Memory::cost).sum();
  }

  private static long cost(@Nullable Kept kept) {
    return kept == null ? 0 : kept.bytes() + OVERHEAD;
  }

  /** Evicts what changed. */
  synchronized void changed(List<Change> changes) {
    known = true;
    for (Change change : changes) {
      if (change.instrument() == Change.ALL) {
        clear();
        return;
      }
      readings.getOrDefault(change.instrument(), Set.of()).forEach(r -> r.told.add(change));
      changed(change);
    }
  }

  private void changed(Change change) {
    Map<Object, Kept> its = instruments.getOrDefault(change.instrument(), Map.of());
    for (Map.Entry<Object, Kept> entry : Map.copyOf(its).entrySet()) {
      replace(its, entry.getKey(), entry.getValue().without(change));
    }
    if (its.isEmpty()) {
      instruments.remove(change.instrument());
    }
  }

  /**
   * Forgets everything, including reads under way; which changes were reported is no longer known.
   */
  synchronized void lose() {
    known = false;
    epoch = new Object();
    clear();
  }

  private void clear() {
    instruments.clear();
    bytes = 0;
    readings.values().forEach(its -> its.forEach(reading -> reading.kept = false));
    readings.clear();
  }

  /** Changes as soon as what is known about the database may no longer be valid. */
  public synchronized Object epoch() {
    return epoch;
  }

  /** Whether it is worth asking although there is no request. */
  synchronized boolean isUsed() {
    return System.nanoTime() - used < UNUSED.toNanos();
  }

  synchronized long bytes() {
    return bytes;
  }

  /** An answer was made, this much of it from memory. */
  public void answered(Part part) {
    if (metrics != null) {
      metrics.answered(part);
    }
  }

  /** How much of an answer came from memory. */
  public enum Part {
    ALL,
    SOME,
    NONE
  }
}
