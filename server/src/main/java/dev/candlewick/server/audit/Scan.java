package dev.candlewick.server.audit;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One pass over rows, and every check that can be made on them along the way.
 *
 * @param relations what it reads; it walks the range of the first one, or of all of them if the
 *     scope is {@link Scope#LEVELS}; a scan of a relation that does not exist is skipped
 * @param scope one instrument at a time, or all of them in one statement
 * @param slice the longest period one statement reads
 * @param rows a query with columns {@code instrument_id} and {@code ts}; its parameters are {@code
 *     $1}, an instrument's id (for all: the requested ids, or null), {@code $2} and {@code $3}, the
 *     slice. It may return rows from before the slice, which are seen but not counted.
 * @param shown a row as text, for the examples
 */
record Scan(
    List<String> relations,
    Scope scope,
    Duration slice,
    String rows,
    String shown,
    List<Check> checks) {

  /**
   * Which rows one statement reads: of one instrument, of one over two levels of candles, of all.
   */
  enum Scope {
    INSTRUMENT,
    LEVELS,
    ALL
  }

  private static final String INSIDE = "r.ts >= $2 and r.ts < $3";

  /** Rows of what bots and models write: a key confined to bots does not see them. */
  boolean isOfRecords() {
    return relations.get(0).startsWith("record.");
  }

  /** The relations whose rows it has to come by. */
  List<String> walked() {
    return scope == Scope.LEVELS ? relations : relations.subList(0, 1);
  }

  /** One row: how many rows were checked, then how many failed each check, in order. */
  String countSql() {
    String faults =
        checks.stream()
            .map(check -> "count(*) filter (where " + check.fault() + ")")
            .collect(Collectors.joining(", "));
    return "select count(*), " + faults + " from (" + rows + ") r where " + inside();
  }

  /** The first rows that fail a check: instrument, ts in milliseconds, the row as text. */
  String exampleSql(Check check) {
    return "select i.venue, i.symbol, floor(extract(epoch from r.ts) * 1000)::bigint, "
        + shown
        + " from ("
        + rows
        + ") r left join (select id, venue, symbol from market.instruments) i on i.id ="
        + " r.instrument_id where "
        + inside()
        + " and ("
        + check.fault()
        + ") order by r.ts limit $4";
  }

  private String inside() {
    return scope != Scope.ALL
        ? INSIDE
        : INSIDE
            + " and ($1::int[] is null or r.instrument_id is null or r.instrument_id = any"
            + " ($1::int[]))";
  }
}
