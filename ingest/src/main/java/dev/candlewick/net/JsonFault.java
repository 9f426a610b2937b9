package dev.candlewick.net;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is wrong with text that is not JSON, in words for the client that sent it. */
public final class JsonFault {
  private static final Pattern CHARACTER =
      Pattern.compile("^(?:Unexpected character|Unexpected close marker) \\(?'(\\P{Cntrl})'");
  private static final Pattern WORD =
      Pattern.compile("^(?:Unrecognized|Non-standard) token '(\\P{Cntrl}{1,40}?)'");
  private static final Pattern DUPLICATE = Pattern.compile("^Duplicate field '(\\P{Cntrl}{1,64})'");

  private JsonFault() {}

  /** For example {@code not JSON at byte 12: unexpected character '}'}. */
  public static String of(JsonProcessingException e) {
    String where =
        e.getLocation() == null || e.getLocation().getByteOffset() < 0
            ? ""
            : " at byte " + e.getLocation().getByteOffset();
    return "not JSON" + where + reason(e);
  }

  private static String reason(JsonProcessingException e) {
    String message = String.valueOf(e.getOriginalMessage());
    if (e instanceof StreamConstraintsException) {
      return ": nested too deep, or a name, text or number is too long";
    }
    if (message.startsWith("Unexpected end-of-input")) {
      return ": it breaks off";
    }
    if (message.contains("Leading zero")) {
      return ": a number begins with 0";
    }
    Matcher found = CHARACTER.matcher(message);
    if (found.find()) {
      return ": unexpected character '" + found.group(1) + "'";
    }
    found = WORD.matcher(message);
    if (found.find()) {
      return ": unknown word " + found.group(1);
    }
    found = DUPLICATE.matcher(message);
    return found.find() ? ": duplicate field " + found.group(1) : "";
  }
}
