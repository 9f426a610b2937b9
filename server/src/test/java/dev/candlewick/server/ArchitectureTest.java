package dev.candlewick.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

/** Who may know whom, over the classes of all modules. */
@AnalyzeClasses(
    packages = "dev.candlewick",
    importOptions = {DoNotIncludeTests.class, ArchitectureTest.DoNotIncludeTestJars.class})
class ArchitectureTest {
  /** What the tests of one module lend to those of another comes as a jar. */
  static final class DoNotIncludeTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  private static final String RECORD = "dev.candlewick.record..";
  private static final String NET = "dev.candlewick.net..";
  private static final String WRITE_WAY = "dev.candlewick.ingest..";
  private static final String ROLL_UP = "dev.candlewick.rollup..";
  private static final String READ_WAY = "dev.candlewick.server.*..";
  private static final String COMPOSITION = "dev.candlewick.server";
  private static final String CLIENT = "dev.candlewick.client..";
  private static final String ARCHIVE = "dev.candlewick.archive..";
  private static final String BENCH = "dev.candlewick.bench..";

  @ArchTest
  static void seesTheClassesOfAllModules(JavaClasses classes) {
    assertThat(classes.stream().map(JavaClass::getPackageName))
        .contains(
            "dev.candlewick.ingest",
            "dev.candlewick.client",
            "dev.candlewick.bench",
            "dev.candlewick.server");
  }

  @ArchTest
  static final ArchRule wordsOfTheFieldKnowNothingElse =
      noClasses()
          .that(resideInAPackage(RECORD))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  NET,
                  WRITE_WAY,
                  ROLL_UP,
                  CLIENT,
                  BENCH,
                  "dev.candlewick.server..",
                  "io.vertx..",
                  "java.sql.."));

  @ArchTest
  static final ArchRule socketsKnowNeitherWay =
      noClasses()
          .that(resideInAPackage(NET))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(WRITE_WAY, ROLL_UP, CLIENT, BENCH, "dev.candlewick.server.."));

  @ArchTest
  static final ArchRule writeWaySeesNeitherServerNorClient =
      noClasses()
          .that(resideInAnyPackage(WRITE_WAY, ROLL_UP))
          .should()
          .dependOnClassesThat(resideInAnyPackage("dev.candlewick.server..", CLIENT));

  @ArchTest
  static final ArchRule readWaySeesNeitherWriteWayNorClient =
      noClasses()
          .that(resideInAPackage(READ_WAY))
          .should()
          .dependOnClassesThat(resideInAnyPackage(WRITE_WAY, ROLL_UP, CLIENT))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule onlyTheCompositionSeesTheWriteWay =
      noClasses()
          .that(resideInAPackage(COMPOSITION))
          .and(not(named("Main|Server|ServerConfig|Routes")))
          .should()
          .dependOnClassesThat(resideInAnyPackage(WRITE_WAY, ROLL_UP));

  @ArchTest
  static final ArchRule clientAndBenchSpeakTheWireContractOnly =
      noClasses()
          .that(resideInAnyPackage(CLIENT, BENCH))
          .should()
          .dependOnClassesThat(resideInAnyPackage(WRITE_WAY, ROLL_UP, "dev.candlewick.server.."))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule archiveSeesNeitherWay =
      noClasses()
          .that(resideInAPackage(ARCHIVE))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(WRITE_WAY, ROLL_UP, NET, "dev.candlewick.server.."));

  /** Both ways compute indicators, and so must they be the same. */
  @ArchTest
  static final ArchRule indicatorsArePureComputation =
      noClasses()
          .that(resideInAPackage("dev.candlewick.indicator"))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  WRITE_WAY,
                  ROLL_UP,
                  "dev.candlewick.server..",
                  "io.vertx..",
                  "java.sql..",
                  "java.io.."));

  @ArchTest
  static final ArchRule blockingDatabaseOnlyInTheWriteWayTheMigratorTheBenchAndForFiles =
      noClasses()
          .that(not(resideInAnyPackage(WRITE_WAY, ROLL_UP, BENCH, ARCHIVE)))
          .and(not(named("Migrator|OtherMigrators|Backup|Engine|QueryTable|Parquet")))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "java.sql..",
                  "javax.sql..",
                  "com.zaxxer.hikari..",
                  "org.postgresql..",
                  "org.flywaydb.."));

  @ArchTest
  static final ArchRule migrationsOnlyInTheMigrator =
      noClasses()
          .that(not(named("Migrator")))
          .should()
          .dependOnClassesThat(resideInAPackage("org.flywaydb.."));

  /** Problems sorts the failures of all of them, by SQLSTATE. */
  @ArchTest
  static final ArchRule asynchronousDatabaseOnlyInRepositories =
      noClasses()
          .that(not(named("\\w+Repository|Problems|Server|Routes|Pools|Live|Groups")))
          .should()
          .dependOnClassesThat(resideInAnyPackage("io.vertx.sqlclient..", "io.vertx.pgclient.."));

  @ArchTest
  static final ArchRule decodingKnowsNoSocketAndNoDatabase =
      noClasses()
          .that(named("\\w+(Decoder|Validator)"))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "io.vertx.core.http..",
                  "io.vertx.core.net..",
                  "io.vertx.ext.web..",
                  "java.sql..",
                  "javax.sql..",
                  "org.postgresql.."))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule metersAreMadeOnlyInMetrics =
      noClasses()
          .that(not(named("\\w+Metrics")))
          .should()
          .callCodeUnitWhere(
              callOf(
                  resideInAPackage("io.micrometer.core.instrument")
                      .or(assignableTo("io.micrometer.core.instrument.MeterRegistry")),
                  "builder|counter|timer|summary|gauge.*|more"));

  @ArchTest
  static final ArchRule environmentIsReadOnlyInServerConfig =
      noClasses()
          .that(not(named("ServerConfig")))
          .should()
          .callCodeUnitWhere(callOf(assignableTo(System.class), "getenv"));

  @ArchTest
  static final ArchRule onlyCommandsPrint =
      noClasses().that(not(named("\\w+Command|Main"))).should(ACCESS_STANDARD_STREAMS);

  @ArchTest
  static final ArchRule noGenericExceptionsThrown = NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;

  @ArchTest static final ArchRule oneLogger = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

  @ArchTest
  static final ArchRule everyPackageIsNullMarked = classes().should(liveInANullMarkedPackage());

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("dev.candlewick.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule namesSayWhatAThingIs =
      noClasses()
          .should()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Manager")
          .orShould()
          .haveSimpleNameEndingWith("Impl")
          .orShould()
          .haveSimpleNameEndingWith("Base");

  /** A class by its simple name, nested classes by that of the class around them. */
  private static DescribedPredicate<JavaClass> named(String regex) {
    return DescribedPredicate.describe(
        "are named " + regex,
        type -> {
          String fullName = type.getName();
          String simpleName = fullName.substring(fullName.lastIndexOf('.') + 1);
          return simpleName.split("\\$", 2)[0].matches(regex);
        });
  }

  private static DescribedPredicate<JavaCall<?>> callOf(
      DescribedPredicate<JavaClass> owner, String nameRegex) {
    return DescribedPredicate.describe(
        nameRegex + " of classes that are " + owner.getDescription(),
        call -> owner.test(call.getTargetOwner()) && call.getName().matches(nameRegex));
  }

  private static ArchCondition<JavaClass> liveInANullMarkedPackage() {
    return new ArchCondition<>("live in a package with a @NullMarked package-info") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
        events.add(
            new SimpleConditionEvent(
                type, marked, type.getName() + " lives in a package without @NullMarked"));
      }
    };
  }
}
