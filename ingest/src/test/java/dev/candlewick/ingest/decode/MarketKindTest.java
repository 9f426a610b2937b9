package dev.candlewick.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.ingest.decode.Envelope.Defaults;
import dev.candlewick.ingest.row.Candle;
import dev.candlewick.ingest.row.Field;
import dev.candlewick.ingest.row.Quote;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.row.Row;
import dev.candlewick.ingest.row.Trade;
import dev.candlewick.record.ColumnType;
import dev.candlewick.record.MarketColumn;
import dev.candlewick.record.MarketColumn.Use;
import dev.candlewick.record.MarketKind;
import dev.candlewick.record.Retention;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written out for speed, by hand, against the declarations. */
class MarketKindTest {
  private static final Map<MarketKind, Class<? extends Row>> ROWS =
      Map.of(
          MarketKind.TRADES, Trade.class,
          MarketKind.QUOTES, Quote.class,
          MarketKind.CANDLES, Candle.class);

  static Stream<Arguments> columns() {
    return Stream.of(MarketKind.values())
        .flatMap(
            kind ->
                kind.columns().stream()
                    .filter(column -> column.use() != Use.DERIVED)
                    .map(column -> Arguments.of(kind, column)));
  }

  /** A row that is right, with a value in every column but those that ask for something. */
  private static JsonObject row(MarketKind kind) {
    JsonObject row = new JsonObject().put("ts", 1_767_312_000_000L);
    for (MarketColumn column : kind.columns()) {
      if (column.use() == Use.SUBJECT || column.use() == Use.VALUE) {
        row.put(column.name(), value(column));
      }
    }
    return row;
  }

  private static Object value(MarketColumn column) {
    if (!column.declared().values().isEmpty()) {
      String word = column.declared().values().get(0);
      return column.isList() ? new JsonArray().add(word) : word;
    }
    return switch (column.type()) {
      case NUMBER -> 1.5;
      case INTEGER -> 3;
      case BOOLEAN -> true;
      default -> column.name().equals("timeframe") ? "1m" : "x";
    };
  }

  private static List<Rejection> check(MarketKind kind, JsonObject row) throws DecodeException {
    byte[] json = new JsonObject().put("rows", new JsonArray().add(row)).toBuffer().getBytes();
    List<Rejection> bad = new ArrayList<>();
    new RowValidator(
            kind,
            new Defaults(null, null, null, null),
            new TimeBounds(Instant.parse("2026-01-02T12:00:00Z"), Retention.NONE))
        .check(
            Objects.requireNonNull(new JsonDecoder(10).decode(json).rows()),
            new ArrayList<>(),
            bad);
    return bad;
  }

  @Test
  void theFieldsThatAreDecodedAreTheDeclaredColumns() {
    Set<String> declared = new TreeSet<>();
    Stream.of(MarketKind.values()).forEach(kind -> declared.addAll(kind.sent()));
    assertThat(Stream.of(Field.values()).map(field -> field.word))
        .containsExactlyInAnyOrderElementsOf(declared);
  }

  @ParameterizedTest
  @EnumSource(MarketKind.class)
  void aRowWithEveryColumnIsTaken(MarketKind kind) throws DecodeException {
    assertThat(check(kind, row(kind))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(MarketKind.class)
  void theRowHasAComponentForEachColumn(MarketKind kind) {
    Set<String> components =
        Arrays.stream(Objects.requireNonNull(ROWS.get(kind)).getRecordComponents())
            .map(RecordComponent::getName)
            .map(name -> name.replaceAll("([A-Z]|24h)", "_$1").toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    assertThat(components)
        .containsAll(
            kind.columns().stream()
                .filter(column -> column.use() == Use.VALUE || column.use() == Use.ACTION)
                .map(MarketColumn::name)
                .toList());
  }

  @ParameterizedTest
  @MethodSource("columns")
  void whatIsMissingIsRefusedWhereItIsRequired(MarketKind kind, MarketColumn column)
      throws DecodeException {
    JsonObject row = row(kind);
    row.remove(column.name());
    List<String> codes = check(kind, row).stream().map(bad -> bad.code().word).toList();
    assertThat(codes)
        .isEqualTo(column.declared().required() ? List.of("missing_field") : List.of());
  }

  @ParameterizedTest
  @MethodSource("columns")
  void whatIsOfAnotherTypeIsRefused(MarketKind kind, MarketColumn column) throws DecodeException {
    List<Rejection> bad = check(kind, row(kind).put(column.name(), new JsonObject()));
    assertThat(bad).hasSize(1);
    assertThat(bad.get(0).field()).isEqualTo(column.name());
  }

  @ParameterizedTest
  @MethodSource("columns")
  void whatIsBelowTheLeastIsRefused(MarketKind kind, MarketColumn column) throws DecodeException {
    boolean number = column.type() == ColumnType.NUMBER || column.type() == ColumnType.INTEGER;
    if (number && !Set.of("open", "high", "low", "close").contains(column.name())) {
      List<Rejection> bad = check(kind, row(kind).put(column.name(), -1));
      assertThat(bad.stream().map(rejection -> rejection.code().word))
          .isEqualTo(column.declared().min() == null ? List.of() : List.of("out_of_range"));
    }
  }

  @ParameterizedTest
  @MethodSource("columns")
  void everyWordIsTakenAndNoOther(MarketKind kind, MarketColumn column) throws DecodeException {
    List<String> words = column.declared().values();
    for (String word : words) {
      JsonObject row = row(kind).put(column.name(), asSent(column, word));
      if (!word.equals("cancel")) {
        assertThat(check(kind, row)).as(word).isEmpty();
      }
    }
    if (!words.isEmpty()) {
      assertThat(check(kind, row(kind).put(column.name(), asSent(column, "other")))).hasSize(1);
    }
  }

  private static Object asSent(MarketColumn column, String word) {
    return column.isList() ? new JsonArray().add(word) : word;
  }

  @ParameterizedTest
  @EnumSource(MarketKind.class)
  void fieldsOfOtherKindsAreRefused(MarketKind kind) throws DecodeException {
    for (Field foreign : Field.foreignTo(kind)) {
      List<Rejection> bad = check(kind, row(kind).put(foreign.word, 1));
      assertThat(bad.stream().map(rejection -> rejection.code().word))
          .as(foreign.word)
          .containsExactly("unknown_field");
    }
  }
}
