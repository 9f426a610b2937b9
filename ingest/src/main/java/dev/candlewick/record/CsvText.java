package dev.candlewick.record;

/**
 * Text in a cell of CSV. What a spreadsheet would take for a formula has an apostrophe before it,
 * which is no part of the text; so has text that begins like that.
 */
public final class CsvText {
  private static final String FORMULA = "=+-@\t\r";

  private CsvText() {}

  /** The cell of a text. */
  public static String guarded(String text) {
    return beginsFormula(text) ? "'" + text : text;
  }

  /** The text of a cell. */
  public static String plain(String cell) {
    return cell.startsWith("'") && beginsFormula(cell) ? cell.substring(1) : cell;
  }

  /** Whether a formula follows any number of apostrophes. */
  private static boolean beginsFormula(String text) {
    int first = 0;
    while (first < text.length() && text.charAt(first) == '\'') {
      first++;
    }
    return first < text.length() && FORMULA.indexOf(text.charAt(first)) >= 0;
  }
}
