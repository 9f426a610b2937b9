package dev.candlewick.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Records go with their chunks, and the newest states that were among them. */
class RecordRetentionIT {
  @Test
  void whatIsPastItsRetentionGoesAndWithItTheStatesOfItsKeys() throws SQLException {
    TestDatabase database = TestDatabase.shared();
    for (String retention : new String[] {"none", "7d"}) {
      String kind = "kept_" + retention;
      database.execute(
          """
          select ingest.save_kind('{"kind":"%1$s","key":["id"],"retention":"%2$s","chunk":"1d",
            "columns":[{"name":"id","type":"text","required":true}]}');
          insert into record.%1$s (ts, id) values
            (now() - interval '30 days', 'old'), (now() - interval '30 days', 'both'), (now(), 'both');
          insert into record_latest.%1$s (ts, id)
            select max(ts), id from record.%1$s group by id
          """
              .formatted(kind, retention));
    }
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      RecordRetention.run(connection);
      connection.commit();
    }
    assertThat(database.number("select count(*) from record.kept_none")).isEqualTo(3);
    assertThat(database.number("select count(*) from record_latest.kept_none")).isEqualTo(2);
    assertThat(database.number("select count(*) from record.kept_7d")).isEqualTo(1);
    assertThat(database.text("select string_agg(id, ',') from record_latest.kept_7d"))
        .isEqualTo("both");
  }
}
