package dev.candlewick.record;

/**
 * Text in a CSV cell. An apostrophe, which is not part of the text, precedes anything a spreadsheet
 * would take for a formula, and anything that already starts that way.
 */
public final class CsvText {
  private static final String FORMULA = "=+-@\t\r";

  private CsvText() {}

  /** The cell for a text. */
  public static String guarded(String text) {
    return beginsFormula(text) ? "'" + text : text;
  }

  /** The text in a cell. */
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
