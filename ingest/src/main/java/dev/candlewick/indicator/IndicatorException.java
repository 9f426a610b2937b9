package dev.candlewick.indicator;

/** What was asked for is no indicator; the message tells the asker why. */
public final class IndicatorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  IndicatorException(String message) {
    super(message);
  }
}
