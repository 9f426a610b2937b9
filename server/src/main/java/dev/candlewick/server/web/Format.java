package dev.candlewick.server.web;

import java.util.Locale;

/** The formats of an answer. */
public enum Format {
  JSON("application/json"),
  CSV("text/csv; charset=utf-8"),
  NDJSON("application/x-ndjson"),
  /** Rows in the form that the charting library lightweight-charts takes. */
  LIGHTWEIGHT("application/json");

  private final String contentType;

  Format(String contentType) {
    this.contentType = contentType;
  }

  /** The {@code Content-Type} of an answer. */
  public String contentType() {
    return contentType;
  }

  /** Its name in the parameter {@code format}. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Whether an {@code Accept} header asks for it by this media type, {@code text/csv} for example.
   */
  boolean isAskedForBy(String mediaType) {
    return this != LIGHTWEIGHT && contentType.split(";", 2)[0].equalsIgnoreCase(mediaType);
  }
}
