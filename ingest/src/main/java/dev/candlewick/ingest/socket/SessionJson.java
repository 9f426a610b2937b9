package dev.candlewick.ingest.socket;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.ingest.message.Answer.Durability;
import dev.candlewick.ingest.message.StreamState;
import dev.candlewick.ingest.row.Rejection;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;

/** What the server says on {@code /v1/ingest}: one JSON object per frame. */
public final class SessionJson {
  private static final JsonFactory JSON = new JsonFactory();

  private SessionJson() {}

  /** A rejected row of a stream's message. */
  record Refused(long seq, Rejection rejection) {}

  /** Rows that were already stored, and how many of them differ from what is stored. */
  record Known(long duplicates, long conflicts) {}

  private interface Body {
    void write(JsonGenerator json) throws IOException;
  }

  static String welcome(StreamState stream, Durability durability, Limits limits) {
    return frame(
        "welcome",
        json -> {
          json.writeNumberField("v", 1);
          json.writeStringField("stream", stream.stream());
          json.writeNumberField("epoch", stream.epoch());
          json.writeNumberField("next_seq", stream.committedSeq() + 1);
          json.writeStringField("durability", durability.word());
          json.writeObjectFieldStart("limits");
          json.writeNumberField("message_bytes", limits.messageBytes());
          json.writeNumberField("rows", limits.rows());
          json.writeNumberField("inflight_messages", limits.inflightMessages());
          json.writeNumberField("inflight_bytes", limits.inflightBytes());
          json.writeEndObject();
        });
  }

  /** An ack; {@code spooled} is -1 without a spool. */
  static String ack(
      long committed,
      long spooled,
      List<Refused> rejected,
      long more,
      Known known,
      Durability durability) {
    return frame(
        "ack",
        json -> {
          json.writeNumberField("committed", committed);
          if (spooled >= 0) {
            json.writeNumberField("spooled", spooled);
          }
          json.writeArrayFieldStart("rejected");
          for (Refused refused : rejected) {
            json.writeStartObject();
            json.writeNumberField("seq", refused.seq());
            rejection(json, refused.rejection());
            json.writeEndObject();
          }
          json.writeEndArray();
          if (more > 0) {
            json.writeNumberField("rejected_more", more);
          }
          json.writeNumberField("duplicates", known.duplicates());
          if (known.conflicts() > 0) {
            json.writeNumberField("conflicts", known.conflicts());
          }
          if (durability == Durability.DEGRADED) {
            json.writeStringField("durability", durability.word());
          }
        });
  }

  static String error(String code, String detail) {
    return frame(
        "error",
        json -> {
          json.writeStringField("code", code);
          json.writeStringField("detail", detail);
        });
  }

  static String rewound(long nextSeq) {
    return frame(
        "error",
        json -> {
          json.writeStringField("code", "rewound");
          json.writeNumberField("next_seq", nextSeq);
          json.writeStringField(
              "detail",
              "the database was set back to an earlier time; connect again and send from next_seq");
        });
  }

  static String seqGap(long expected) {
    return frame(
        "error",
        json -> {
          json.writeStringField("code", "seq_gap");
          json.writeNumberField("expected", expected);
        });
  }

  static String busy(long retryMillis) {
    return frame("busy", json -> json.writeNumberField("retry_ms", retryMillis));
  }

  static String drain() {
    return frame("drain", json -> {});
  }

  /** The members that say why a row was rejected; also used in REST answers. */
  public static void rejection(JsonGenerator json, Rejection rejection) throws IOException {
    json.writeNumberField("index", rejection.index());
    json.writeStringField("field", rejection.field());
    json.writeStringField("code", rejection.code().word);
    json.writeStringField("detail", rejection.detail());
  }

  private static String frame(String type, Body body) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("t", type);
      body.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return text.toString();
  }
}
