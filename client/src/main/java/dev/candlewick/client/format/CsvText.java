package dev.candlewick.client.format;

/**
 * Text in a cell of CSV, as the server has it. What a spreadsheet would take for a formula has an
 * apostrophe before it, which is no part of the text; so has text that begins like that.
 */
public final class CsvText {
  private static final String FORMULA = "=+-@\t\r";

  private CsvText() {}

  /** The cell of a text. */
  public static String guarded(String text) {
    char[] cell = text.toCharArray();
    return beginsFormula(cell, 0, cell.length) ? "'" + text : text;
  }

  /** The text of a cell. */
  public static String plain(String cell) {
    char[] text = cell.toCharArray();
    return isGuarded(text, 0, text.length) ? cell.substring(1) : cell;
  }

  /** Whether the first character of a cell is no part of its text. */
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
