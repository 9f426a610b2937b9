package dev.candlewick.ingest.decode;

import java.util.Locale;

/** A frame or body that cannot be understood as a whole; none of it is accepted. */
public final class DecodeException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is wrong with the whole. */
  public enum Fault {
    /** Not JSON, not CSV, a duplicate key, or over a limit on depth or length. */
    MALFORMED(400, 1007),
    /** JSON, but not what is expected here. */
    BAD_MESSAGE(422, 4400),
    TOO_LARGE(413, 1009);

    public final int status;
    public final short closeCode;

    Fault(int status, int closeCode) {
      this.status = status;
      this.closeCode = (short) closeCode;
    }

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public final Fault fault;

  public DecodeException(Fault fault, String detail) {
    super(detail, null, false, false);
    this.fault = fault;
  }

  /** What is wrong, for the client; quotes at most 64 characters of its input. */
  public String detail() {
    return String.valueOf(getMessage());
  }
}
