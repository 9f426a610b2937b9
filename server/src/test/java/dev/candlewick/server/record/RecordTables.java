package dev.candlewick.server.record;

import dev.candlewick.server.TestDatabase;

/** Kinds and records written by hand, as the write way writes them. */
final class RecordTables {
  private RecordTables() {}

  /** Declares a kind anew, without any row. */
  static void declare(String kind, String key, String columns) {
    TestDatabase.shared()
        .execute(
            """
            drop table if exists record."%1$s" cascade;
            drop table if exists record_latest."%1$s" cascade;
            delete from ingest.kinds where kind = '%1$s';
            select ingest.save_kind('{"kind":"%1$s","key":%2$s,"retention":"none","chunk":"30d",
              "columns":%3$s}')
            """
                .formatted(kind, key, columns));
  }

  /** Inserts what a query selects, ts first, then the columns named; later states replace. */
  static void insert(String kind, String key, String columns, String select) {
    TestDatabase.shared()
        .execute(
            """
            insert into record."%1$s" (ts, %3$s) %4$s;
            truncate record_latest."%1$s";
            insert into record_latest."%1$s" (ts, %3$s)
              select distinct on (%2$s) ts, %3$s from record."%1$s" order by %2$s, ts desc
            """
                .formatted(kind, key, columns, select));
  }
}
