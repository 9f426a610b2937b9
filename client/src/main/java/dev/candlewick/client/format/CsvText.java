package dev.candlewick.client.format;

/**
 * Text in a CSV cell, in the server's form. An apostrophe, which is not part of the text, precedes
 * anything a spreadsheet would take for a formula, and anything that already starts that way.
 */
public final class CsvText {
  private static final String FORMULA = "=+-@\t\r";

  private CsvText() {}

  /** The cell for a text. */
  public static String guarded(String text) {
    char[] cell = text.toCharArray();
    return beginsFormula(cell, 0, cell.length) ? "'" + text : text;
  }

  /** The text in a cell. */
  public static String plain(String cell) {
    char[] text = cell.toCharArray();
    return isGuarded(text, 0, text.length) ? cell.substring(1) : cell;
  }

  /** Whether the first character of a cell is not part of its text. */
  static boolean isGuarded(char[] cell, int offset, int length) {
    return length > 1 && cell[offset] == '\'' && beginsFormula(cell, offset, length);
  }

  /** Whether a formula follows any number of apostrophes. */
  private static boolean beginsFormula(char[] text, int offset, int length) {
    int at = offset;
    int end = offset + length;
    while (at < end && text[at] == '\'') {
      at++;
    }
    return at < end && FORMULA.indexOf(text[at]) >= 0;
  }
}
