package dev.candlewick.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads one text frame of the server. Fields that it does not know are skipped. */
final class ServerMessageDecoder {
  private static final JsonFactory JSON = new JsonFactory();
  private static final long ABSENT = -1;

  private String type = "";
  private String code = "";
  private String detail = "";
  private long nextSeq = ABSENT;
  private long committed = ABSENT;
  private long expected = ABSENT;
  private long retryMs;
  private long rejectedMore;
  private long duplicates;
  private ServerMessage.Limits limits = ServerMessage.Limits.NONE;
  private final List<Rejection> rejected = new ArrayList<>();

  private ServerMessageDecoder() {}

  /** The message; throws {@link IOException} for invalid text. */
  static ServerMessage decode(String text) throws IOException {
    try (JsonParser json = JSON.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("the server sent something that is not a JSON object");
      }
      ServerMessageDecoder decoder = new ServerMessageDecoder();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        decoder.readField(json);
      }
      return decoder.message();
    }
  }

  private void readField(JsonParser json) throws IOException {
    String name = json.currentName();
    json.nextToken();
    switch (name) {
      case "t" -> type = json.getText();
      case "code" -> code = json.getText();
      case "detail" -> detail = json.getText();
      case "next_seq" -> nextSeq = json.getLongValue();
      case "committed" -> committed = json.getLongValue();
      case "expected" -> expected = json.getLongValue();
      case "retry_ms" -> retryMs = json.getLongValue();
      case "rejected_more" -> rejectedMore = json.getLongValue();
      case "duplicates" -> duplicates = json.getLongValue();
      case "limits" -> limits = readLimits(json);
      case "rejected" -> readRejected(json);
      default -> json.skipChildren();
    }
  }

  private static ServerMessage.Limits readLimits(JsonParser json) throws IOException {
    long messageBytes = 0;
    long rows = 0;
    long inflightMessages = 0;
    long inflightBytes = 0;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "message_bytes" -> messageBytes = json.getLongValue();
        case "rows" -> rows = json.getLongValue();
        case "inflight_messages" -> inflightMessages = json.getLongValue();
        case "inflight_bytes" -> inflightBytes = json.getLongValue();
        default -> json.skipChildren();
      }
    }
    return new ServerMessage.Limits(messageBytes, rows, inflightMessages, inflightBytes);
  }

  private void readRejected(JsonParser json) throws IOException {
    while (json.nextToken() == JsonToken.START_OBJECT) {
      long seq = ABSENT;
      int index = 0;
      String field = "";
      String reason = "";
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "seq" -> seq = json.getLongValue();
          case "index" -> index = json.getIntValue();
          case "field" -> field = json.getValueAsString("");
          case "code" -> reason = json.getText();
          default -> json.skipChildren();
        }
      }
      rejected.add(new Rejection(seq, index, field, reason));
    }
  }

  private ServerMessage message() throws IOException {
    return switch (type) {
      case "welcome" -> welcome();
      case "ack" -> {
        require(committed != ABSENT, "an ack without committed");
        yield new ServerMessage.Ack(committed, List.copyOf(rejected), rejectedMore, duplicates);
      }
      case "busy" -> new ServerMessage.Busy(retryMs);
      case "drain" -> new ServerMessage.Drain();
      case "error" -> new ServerMessage.Failure(code, detail, expected);
      default -> new ServerMessage.Unknown();
    };
  }

  private ServerMessage welcome() throws IOException {
    require(nextSeq > 0, "a welcome without next_seq");
    require(
        limits.rows() > 0
            && limits.messageBytes() > 0
            && limits.inflightMessages() > 0
            && limits.inflightBytes() > 0,
        "a welcome without limits");
    return new ServerMessage.Welcome(nextSeq, limits);
  }

  private static void require(boolean condition, String otherwise) throws IOException {
    if (!condition) {
      throw new IOException("the server sent " + otherwise);
    }
  }
}
