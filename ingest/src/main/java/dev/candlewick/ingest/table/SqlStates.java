package dev.candlewick.ingest.table;

import java.sql.SQLException;

/** Classifies a database failure in one place, by SQLSTATE, never by message text. */
public final class SqlStates {
  static final String UNIQUE_VIOLATION = "23505";

  private static final String INSUFFICIENT_PRIVILEGE = "42501";

  private static final String OUT_OF_MEMORY = "53200";

  private SqlStates() {}

  public enum Verdict {
    /** A key already exists: write again, row by row. */
    DUPLICATE_KEY,
    /** The database refuses a row that passed validation: find it. */
    BAD_ROW,
    /** Not now: keep trying. */
    NOT_NOW,
    /** The schema or set-up is wrong: hold everything and say so. */
    HOLD
  }

  public static Verdict sort(SQLException e) {
    String state = state(e);
    if (state.equals(UNIQUE_VIOLATION)) {
      return Verdict.DUPLICATE_KEY;
    }
    return switch (state.substring(0, 2)) {
      case "22", "23", "54" -> Verdict.BAD_ROW;
      case "42", "3D", "3F" -> Verdict.HOLD;
      default -> Verdict.NOT_NOW;
    };
  }

  /** Whether a table is not what the statement was written for. */
  static boolean isOfTable(SQLException e) {
    return state(e).startsWith("42") && !state(e).equals(INSUFFICIENT_PRIVILEGE);
  }

  /** Whether fewer rows in one transaction may succeed: it needs a lock for each of its chunks. */
  public static boolean isTooMuch(SQLException e) {
    return state(e).equals(OUT_OF_MEMORY);
  }

  /** Five characters; {@code 08000} if the driver gives none (a socket timed out, no pool slot). */
  public static String state(SQLException e) {
    String state = e.getSQLState();
    return state == null || state.length() != 5 ? "08000" : state;
  }
}
