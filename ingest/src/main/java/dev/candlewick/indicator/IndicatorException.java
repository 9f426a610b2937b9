package dev.candlewick.indicator;

/** The requested text is not an indicator; the message says why. */
public final class IndicatorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  IndicatorException(String message) {
    super(message);
  }
}
