package dev.candlewick.client.format;

/** A table whose columns are not those of the kind of rows it is read for. */
public final class OtherKindException extends FormatException {
  private static final long serialVersionUID = 1;

  OtherKindException(String what) {
    super(what);
  }
}
