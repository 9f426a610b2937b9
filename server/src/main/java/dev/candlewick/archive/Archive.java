package dev.candlewick.archive;

import dev.candlewick.archive.Offers.Offer;
import dev.candlewick.client.format.Engine;
import dev.candlewick.record.Retention;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One pass over what retention offers: every row is in a verified file before the database drops
 * it. If killed at any point, it is simply run again.
 */
public final class Archive {
  /**
   * Whoever freezes before it has committed must not hold up the roll-up, whose lock this takes.
   */
  private static final String SILENT_FOR_LONG =
      "set local idle_in_transaction_session_timeout = '6s'";

  /** For this transaction only: behind a pooler the session is others' too. */
  private static final String TAKES_LONG = "set local statement_timeout = 0; set local jit = off";

  private final Sessions sessions;
  private final Path directory;
  private final Consumer<String> told;
  private Consumer<String> explained = reason -> {};
  private @Nullable Retention stated;
  private boolean isIdle = true;

  /** {@code told}: called with each chunk that is dropped, and with whatever holds one up. */
  public Archive(String jdbcUrl, Properties login, Path directory, Consumer<String> told) {
    this.sessions = new Sessions(jdbcUrl, login);
    this.directory = directory;
    this.told = told;
  }

  /**
   * Runs it.
   *
   * @return whether nothing was held up; also true if another instance is doing it
   */
  public boolean run() throws IOException {
    try {
      return pass();
    } catch (SQLException e) {
      throw Engine.said(e);
    }
  }

  /**
   * The same, and says why if there is nothing to do.
   *
   * @param retention what is older is offered first; null: only what servers offer
   */
  public boolean runByHand(@Nullable Retention retention) throws IOException {
    stated = retention;
    explained = told;
    return run();
  }

  private boolean pass() throws IOException, SQLException {
    try (Connection state = sessions.open()) {
      execute(state, "insert into ingest.identity default values on conflict do nothing");
      String id = text(state, "select id from ingest.identity");
      boolean isUsed = text(state, "select sum(files) > 0 from ingest.archive").equals("t");
      try {
        ArchiveFolder.claim(directory, id, isUsed);
      } catch (IOException e) {
        told.accept("everything is held: " + said(e));
        hold(state, "due is not null", said(e));
        return false;
      }
      return pass(state);
    }
  }

  private boolean pass(Connection state) throws IOException, SQLException {
    try (ArchiveLead lead = ArchiveLead.take(sessions.open(), sessions::abort)) {
      if (lead == null) {
        told.accept("another process is archiving");
        return true;
      }
      ArchiveFolder.empty(directory.resolve(".tmp"));
      // Of its own: one that was frozen before may still have one.
      Path aside = directory.resolve(".tmp").resolve(UUID.randomUUID().toString());
      Files.createDirectories(aside);
      if (stated != null) {
        Offers.state(state, stated);
      }
      boolean done = true;
      List<Offer> offers = Offers.of(state);
      for (Offer offer : offers) {
        done &= take(offer, state, lead, aside);
      }
      ArchiveFolder.empty(aside);
      if (isIdle && done) {
        explain(offers);
      }
      return done;
    }
  }

  private void explain(List<Offer> offers) {
    explained.accept("there was nothing to archive");
    if (offers.isEmpty()) {
      explained.accept(
          "no server has decided yet what is past its retention (each does every hour once there is"
              + " an archive), and no CANDLEWICK_RETENTION_* is set here");
    }
    for (Offer offer : offers) {
      String what = offer.level() > 0 ? "days of the venues' own candles" : "whole chunks";
      explained.accept(offer.relation() + ": no " + what + " before " + offer.due());
    }
  }

  private boolean take(Offer offer, Connection state, ArchiveLead lead, Path aside)
      throws SQLException {
    execute(state, "update ingest.archive set tried_at = now() where " + row(offer));
    lead.check();
    try (Connection work = sessions.open()) {
      execute(work, "set application_name = " + literal(ArchiveLead.SESSION));
      work.setAutoCommit(false);
      boolean done = new Taking(offer, work, lead, aside).run();
      if (done) {
        execute(
            state,
            "update ingest.archive set failed_since = null, failure = null, done = "
                + literal(offer.due())
                + " where "
                + row(offer));
      }
      return true;
    } catch (IOException | SQLException e) {
      told.accept(offer.relation() + " is held: " + said(e));
      hold(state, row(offer), said(e));
      return false;
    }
  }

  private static void hold(Connection state, String which, String failure) throws SQLException {
    execute(
        state,
        "update ingest.archive set tried_at = now(), failed_since = coalesce(failed_since, now()),"
            + " failure = "
            + literal(failure)
            + " where "
            + which);
  }

  /** The fault of a file in words: the exceptions for the commonest ones give only its name. */
  private static String said(Exception e) {
    String denied = e instanceof AccessDeniedException ? ": Permission denied" : "";
    return e.getMessage() + (e instanceof NoSuchFileException ? ": No such file" : denied);
  }

  /** One relation. */
  private final class Taking {
    private final Offer offer;
    private final ArchivedTable table;
    private final Connection work;
    private final ArchiveLead lead;
    private final Path aside;
    private long rows;
    private long files;
    private long bytes;

    Taking(Offer offer, Connection work, ArchiveLead lead, Path aside) {
      this.offer = offer;
      this.table = offer.table();
      this.work = work;
      this.lead = lead;
      this.aside = aside;
    }

    /** False if something has to wait until the roll-up is done with it. */
    boolean run() throws IOException, SQLException {
      if (offer.level() > 0) {
        for (String day : lines("select distinct " + day() + before() + " order by 1")) {
          takeNatives(day);
        }
        return true;
      }
      String chunks =
          "select range_start || '/' || range_end from ingest.chunks_of(%s) where range_end <= %s order by range_start"
              .formatted(literal(offer.relation()), literal(offer.due()));
      for (String chunk : lines(chunks)) {
        String[] ends = chunk.split("/");
        if (!takeChunk(ends[0], ends[1])) {
          return false;
        }
      }
      return true;
    }

    private String day() {
      return "(t.ts at time zone 'UTC')::date::text from " + offer.relation() + " t where ";
    }

    /** The venue's candles of whole days that are past their retention. */
    private String before() {
      return "%s and t.ts < date_trunc('day', timestamptz %s, 'UTC')"
          .formatted(table.where(), literal(offer.due()));
    }

    /** Three attempts: late rows may arrive while the others are read. */
    private boolean takeChunk(String since, String until) throws IOException, SQLException {
      for (int attempt = 0; attempt < 3; attempt++) {
        String range =
            "t.ts >= %s and t.ts < %s order by 1".formatted(literal(since), literal(until));
        Digest sum = Digest.NONE;
        rows = 0;
        for (String day : lines("select distinct " + day() + range)) {
          sum = sum.plus(writeDay(day, digest(day)));
          work.commit();
        }
        execute(work, TAKES_LONG + "; " + SILENT_FOR_LONG);
        lead.check();
        String outcome =
            text(
                work,
                "select ingest.drop_archived(%s, %s, %s, %d, %s)"
                    .formatted(
                        literal(offer.relation()),
                        literal(since),
                        literal(until),
                        sum.rows(),
                        sum.digest()));
        if (outcome.equals("dropped")) {
          count();
          told.accept(offer.relation() + " from " + since + " to " + until + ": " + rows + " rows");
          return true;
        }
        work.rollback();
        if (outcome.equals("waits")) {
          break;
        }
      }
      isIdle = false;
      explained.accept(
          offer.relation()
              + " from "
              + since
              + " to "
              + until
              + " waits: rows still come, or a server has yet to roll them up");
      return false;
    }

    /** The row count and checksum of a day, in the same snapshot in which the day is read. */
    private String digest(String day) {
      return "select rows || '/' || digest from ingest.row_digest(%s, %s, timestamptz %s + interval '24 hours')"
          .formatted(literal(offer.relation()), midnight(day), midnight(day));
    }

    private void takeNatives(String day) throws IOException, SQLException {
      rows = 0;
      String range =
          "%s and t.ts >= %s and t.ts < timestamptz %s + interval '24 hours'"
              .formatted(table.where(), midnight(day), midnight(day));
      String sum =
          " select count(*) || '/' || coalesce(sum(hash_record_extended(t, 0)::numeric), 0) from ";
      Digest written = writeDay(day, sum.strip() + " " + offer.relation() + " t where " + range);
      work.commit();
      execute(work, TAKES_LONG + "; " + SILENT_FOR_LONG);
      lead.check();
      String dropped =
          text(
              work,
              "with t as (delete from "
                  + offer.relation()
                  + " t where "
                  + range
                  + " returning t.*)"
                  + sum
                  + "t");
      if (!Digest.of(dropped).equals(written)) {
        work.rollback();
        return; // Rows came late: next time.
      }
      count();
    }

    private Digest writeDay(String day, String digest) throws IOException, SQLException {
      execute(work, "set transaction isolation level repeatable read, read only; " + TAKES_LONG);
      Digest whole = Digest.of(text(work, digest));
      long expected = Long.parseLong(text(work, table.count(day)));
      DayCopy copy =
          new DayCopy(
              table,
              aside.resolve("rows.csv"),
              (venue, symbol, piece) -> {
                PartFolder folder =
                    new PartFolder(folder(venue, symbol, day), aside, table, lead::check);
                long made = folder.add(piece);
                files += made > 0 ? 1 : 0;
                bytes += made;
              });
      long read = copy.run(work, day);
      if (read != expected) {
        throw new IOException(
            "%s of %s: %d rows were read, not %d".formatted(offer.relation(), day, read, expected));
      }
      rows += read;
      return whole;
    }

    private Path folder(String venue, String symbol, String day) {
      Path folder = directory.resolve(table.kind());
      if (table.hasInstrument()) {
        folder =
            folder
                .resolve("venue=" + ArchiveFolder.encoded(venue))
                .resolve("symbol=" + ArchiveFolder.encoded(symbol));
      }
      return folder.resolve("date=" + day);
    }

    /** In the transaction that drops the rows. */
    private void count() throws SQLException {
      isIdle = false;
      execute(
          work,
          "update ingest.archive set rows = rows + %d, files = files + %d, bytes = bytes + %d where %s"
              .formatted(rows, files, bytes, row(offer)));
      work.commit();
      files = 0;
      bytes = 0;
    }

    private List<String> lines(String query) throws SQLException {
      List<String> lines = new ArrayList<>();
      execute(work, TAKES_LONG);
      try (Statement statement = work.createStatement();
          ResultSet row = statement.executeQuery(query)) {
        while (row.next()) {
          lines.add(row.getString(1));
        }
      }
      work.commit();
      return lines;
    }
  }

  private static String midnight(String day) {
    return literal(day + "T00:00:00Z");
  }

  private static String row(Offer offer) {
    return "relation = " + literal(offer.relation()) + " and level = " + offer.level();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    }
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
