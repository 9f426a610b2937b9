package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candlewick.server.Migrator.UnsuitableException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A program that is older than the database's schema refuses it, and changes nothing there. */
class NewerSchemaIT {
  private final TestDatabase database = TestDatabase.empty();
  private final Migrator migrator = new Migrator(DatabaseUrl.parse(database.url()));

  @BeforeEach
  void migrate() throws Exception {
    migrator.migrate();
  }

  private String newest() {
    return database.text("select max(version::int)::text from ingest.schema_history where success");
  }

  @Test
  void refusesAVersionItDoesNotKnowAndNamesBoth() {
    String ours = newest();
    database.execute(
        """
        insert into ingest.schema_history
          (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
        select max(installed_rank) + 1, '999', 'of later', 'SQL', 'V999__of_later.sql', 1, 'x', 1, true
        from ingest.schema_history
        """);
    assertThatThrownBy(migrator::migrate)
        .isInstanceOf(UnsuitableException.class)
        .hasMessageContaining("999")
        .hasMessageContaining(ours);
    assertThatThrownBy(migrator::check).isInstanceOf(UnsuitableException.class);
  }

  @Test
  void putsNoOlderFunctionBackInThePlaceOfANewerOne() {
    database.execute(
        """
        insert into ingest.schema_history
          (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
        select (select max(installed_rank) + 1 from ingest.schema_history), null, description, type,
          script, checksum + 1, installed_by, 1, true
        from ingest.schema_history where script like '%R__candle_functions.sql'
        """);
    long before = database.number("select count(*) from ingest.schema_history");
    assertThatThrownBy(migrator::migrate)
        .isInstanceOf(UnsuitableException.class)
        .hasMessageContaining("newer");
    assertThat(database.number("select count(*) from ingest.schema_history")).isEqualTo(before);
  }

  @Test
  void appliesANewerFunctionOfItsOwn() throws Exception {
    database.execute(
        "update ingest.schema_history set checksum = 5 where script like"
            + " '%R__candle_functions.sql'");
    assertThat(migrator.migrate().migrations()).isEqualTo(1);
    assertThat(migrator.migrate().migrations()).isZero();
  }

  @Test
  void refusesAMigrationThatWasAnotherOneWhenItWasApplied() {
    database.execute("update ingest.schema_history set checksum = 5 where version = '001'");
    assertThatThrownBy(migrator::migrate)
        .isInstanceOf(UnsuitableException.class)
        .hasMessageContaining("checksum mismatch");
  }
}
