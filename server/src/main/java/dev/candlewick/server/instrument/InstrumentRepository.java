package dev.candlewick.server.instrument;

import dev.candlewick.net.Problem;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Instruments in the database. One that only bots' records name is not listed: market data is not
 * asked of it, and keys confined to certain bots do not see it.
 */
public final class InstrumentRepository {
  private static final String COLUMNS =
      """
      id, venue, symbol, base, quote, currency, asset_class, name, timezone, session,
      tick_size, lot_size, metadata::text
      """;

  private static final String ID =
      "select id from market.instruments where venue = $1 and symbol = $2 and listed";

  private static final String ONE =
      """
      select %s from market.instruments
      where venue = $1 and symbol = $2 and (listed or not $3::boolean)
      """
          .formatted(COLUMNS);

  private static final String LIST =
      """
      select %s from market.instruments
      where ($1::text is null or venue = $1)
        and ($2::text is null or strpos(lower(symbol), lower($2)) > 0
             or strpos(lower(name), lower($2)) > 0)
        and (venue, symbol) > ($3, $4) and (listed or not $6::boolean)
      order by venue, symbol limit $5
      """
          .formatted(COLUMNS);

  private static final String NAMED =
      "select %s from market.instruments where symbol = $1 and listed order by venue"
          .formatted(COLUMNS);

  /** {@code upper} knows as many alphabets as the database's collation does. */
  private static final String IN_ANY_CASE =
      """
      select %s from market.instruments
      where ($1::text is null or venue = $1 or upper(venue) = upper($1))
        and (symbol = any($2) or upper(symbol) = upper($3)) and listed
      order by venue, symbol
      """
          .formatted(COLUMNS);

  private static final String VENUES =
      "select distinct venue from market.instruments where listed order by venue";

  /** At repeatable read, which reads use, the later of two concurrent changes would fail. */
  private static final String PUTS_FOLLOW_ONE_ANOTHER =
      "set transaction isolation level read committed";

  /** A field is set if the change names it, and stays otherwise. */
  private static final String PUT =
      """
      insert into market.instruments as i
        (venue, symbol, base, quote, currency, asset_class, name, timezone, session,
         tick_size, lot_size, metadata)
      select $1, $2, c ->> 'base', c ->> 'quote', c ->> 'currency', c ->> 'asset_class',
             c ->> 'name', c ->> 'timezone', c ->> 'session',
             (c ->> 'tick_size')::double precision, (c ->> 'lot_size')::double precision,
             coalesce(c -> 'metadata', '{}')
      from (select $3::text::jsonb as c) change
      on conflict (venue, symbol) do update set
        listed = true,
        base = case when $3::text::jsonb ? 'base' then excluded.base else i.base end,
        quote = case when $3::text::jsonb ? 'quote' then excluded.quote else i.quote end,
        currency = case when $3::text::jsonb ? 'currency'
                        then excluded.currency else i.currency end,
        asset_class = case when $3::text::jsonb ? 'asset_class'
                           then excluded.asset_class else i.asset_class end,
        name = case when $3::text::jsonb ? 'name' then excluded.name else i.name end,
        timezone = case when $3::text::jsonb ? 'timezone'
                        then excluded.timezone else i.timezone end,
        session = case when $3::text::jsonb ? 'session' then excluded.session else i.session end,
        tick_size = case when $3::text::jsonb ? 'tick_size'
                         then excluded.tick_size else i.tick_size end,
        lot_size = case when $3::text::jsonb ? 'lot_size'
                        then excluded.lot_size else i.lot_size end,
        metadata = case when $3::text::jsonb ? 'metadata'
                        then excluded.metadata else i.metadata end
      returning %s
      """
          .formatted(COLUMNS);

  private final Pool pool;
  private final HeldRepository held;

  public InstrumentRepository(Pool pool) {
    this.pool = pool;
    this.held = new HeldRepository(pool);
  }

  /** The id under which rows of this instrument are stored; fails with 404 if there is none. */
  public Future<Integer> id(String venue, String symbol) {
    return pool.preparedQuery(ID)
        .execute(Tuple.of(venue, symbol))
        .map(
            rows -> {
              Iterator<Row> found = rows.iterator();
              if (!found.hasNext()) {
                throw Problem.unknownInstrument(venue, symbol);
              }
              return found.next().getInteger(0);
            });
  }

  /** The instrument; empty if there is none. */
  public Future<Optional<Instrument>> find(String venue, String symbol) {
    return pool.preparedQuery(ONE)
        .execute(Tuple.of(venue, symbol, true))
        .map(rows -> instruments(rows).stream().findFirst());
  }

  /** The instruments of that symbol at all venues. */
  public Future<List<Instrument>> named(String symbol) {
    return pool.preparedQuery(NAMED)
        .execute(Tuple.of(symbol))
        .map(InstrumentRepository::instruments);
  }

  /**
   * The instruments whose venue and symbol are the same in upper case.
   *
   * @param venue null for all venues
   */
  public Future<List<Instrument>> inAnyCase(@Nullable String venue, String symbol) {
    String[] names = {symbol, upper(symbol), symbol.toLowerCase(Locale.ROOT)};
    return pool.preparedQuery(IN_ANY_CASE)
        .execute(Tuple.of(venue, names, symbol))
        .map(
            rows ->
                instruments(rows).stream()
                    .filter(found -> upper(found.symbol()).equals(upper(symbol)))
                    .filter(found -> venue == null || upper(found.venue()).equals(upper(venue)))
                    .toList());
  }

  private static String upper(String name) {
    return name.toUpperCase(Locale.ROOT);
  }

  /**
   * The first instruments in the order of venue and symbol.
   *
   * @param venue null for all venues
   * @param text what symbol or name must contain, case-insensitively; null for all
   */
  public Future<List<Instrument>> search(@Nullable String venue, @Nullable String text, int limit) {
    return list(new InstrumentQuery(venue, text, limit - 1, null, true));
  }

  /** The venues that have instruments. */
  public Future<List<String>> venues() {
    return pool.query(VENUES)
        .execute()
        .map(
            rows -> {
              List<String> venues = new ArrayList<>(rows.size());
              rows.forEach(row -> venues.add(row.getString(0)));
              return venues;
            });
  }

  /** Up to one more than the limit. */
  Future<List<Instrument>> list(InstrumentQuery query) {
    Tuple values =
        Tuple.of(
            query.venue(),
            query.text(),
            query.cursor() == null ? "" : query.cursor().text(0),
            query.cursor() == null ? "" : query.cursor().text(1),
            query.limit() + 1,
            query.listed());
    return pool.preparedQuery(LIST).execute(values).map(InstrumentRepository::instruments);
  }

  /**
   * The instrument and what is stored for it; fails with 404 if there is none.
   *
   * @param listed whether it must be listed
   */
  Future<Instrument.Detail> detail(String venue, String symbol, boolean listed) {
    return pool.preparedQuery(ONE)
        .execute(Tuple.of(venue, symbol, listed))
        .compose(
            rows -> {
              if (rows.size() == 0) {
                throw Problem.unknownInstrument(venue, symbol);
              }
              return detail(instrument(rows.iterator().next()));
            });
  }

  /** Creates or changes the instrument. */
  Future<Instrument.Detail> put(String venue, String symbol, InstrumentChange change) {
    return pool.withTransaction(
            connection ->
                connection
                    .query(PUTS_FOLLOW_ONE_ANOTHER)
                    .execute()
                    .compose(
                        set ->
                            connection
                                .preparedQuery(PUT)
                                .execute(Tuple.of(venue, symbol, change.json()))))
        .compose(rows -> detail(instrument(rows.iterator().next())));
  }

  private Future<Instrument.Detail> detail(Instrument instrument) {
    return held.of(instrument.id()).map(held -> new Instrument.Detail(instrument, held));
  }

  private static List<Instrument> instruments(RowSet<Row> rows) {
    List<Instrument> read = new ArrayList<>(rows.size());
    rows.forEach(row -> read.add(instrument(row)));
    return read;
  }

  private static Instrument instrument(Row row) {
    return new Instrument(
        row.getInteger(0),
        row.getString(1),
        row.getString(2),
        new Instrument.Words(
            row.getString(3),
            row.getString(4),
            row.getString(5),
            row.getString(6),
            row.getString(7),
            row.getString(8),
            row.getString(9)),
        new Instrument.Steps(row.getDouble(10), row.getDouble(11)),
        row.getString(12));
  }
}
