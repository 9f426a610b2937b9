package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What monitoring/ says against what a real server shows. */
class MonitoringIT {
  private static final Pattern OUR_METRIC =
      Pattern.compile("\\b(?:candlewick|hikaricp|jvm|process)_[a-z0-9_]+");

  private static final String ROW = "{\"symbol\":\"%s\",\"ts\":%d,\"price\":1,\"size\":1}";

  private static RunningServer server;

  @BeforeAll
  static void start(@TempDir Path spool) throws InterruptedException {
    TestDatabase.shared().clear();
    server = RunningServer.with(Map.of("SPOOL_DIR", spool.toString()));
    ingest("BTCUSDT");
    // Some meters come with the first garbage collection, request or answer of the database.
    System.gc();
    Instant giveUp = Instant.now().plus(Duration.ofSeconds(20));
    while (!scrape().contains("candlewick_database_up 1") && Instant.now().isBefore(giveUp)) {
      Thread.sleep(100);
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void ingest(String... symbols) {
    long now = System.currentTimeMillis();
    String rows =
        Stream.of(symbols)
            .map(symbol -> ROW.formatted(symbol, now))
            .collect(Collectors.joining(","));
    String body = "{\"venue\":\"binance\",\"rows\":[" + rows + "]}";
    assertThat(server.post("/v1/trades", body).statusCode()).isEqualTo(200);
  }

  private static String scrape() {
    return server.get("/metrics").body();
  }

  private static Set<String> series() {
    return scrape()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<Path> files(String suffix) throws IOException {
    try (Stream<Path> all = Files.walk(Promtool.MONITORING)) {
      return all.filter(file -> file.toString().endsWith(suffix)).toList();
    }
  }

  @Test
  void showsEveryMetricThatMonitoringNames() throws IOException {
    Set<String> named = new TreeSet<>();
    for (String suffix : List.of(".yml", ".json", ".md")) {
      for (Path file : files(suffix)) {
        OUR_METRIC.matcher(Files.readString(file)).results().forEach(r -> named.add(r.group()));
      }
    }
    Set<String> shown = new TreeSet<>();
    for (String one : series()) {
      String name = one.replaceFirst("\\{.*", "");
      shown.add(name);
      shown.add(name.replaceFirst("_(bucket|count|sum)$", ""));
    }
    // One for each partition that is read, which KafkaIT sees.
    named.remove("candlewick_kafka_lag_messages");
    assertThat(named).hasSizeGreaterThan(30);
    assertThat(shown).containsAll(named);
  }

  @Test
  void growsNoSeriesWithInstruments() {
    Set<String> before = series();
    ingest(IntStream.range(0, 500).mapToObj(i -> "SYM" + i).toArray(String[]::new));
    server.get("/v1/candles?venue=binance&symbol=SYM1&timeframe=1m");
    server.get("/v1/candles?venue=binance&symbol=SYM2&timeframe=1m");
    Set<String> after = series();
    after.removeIf(one -> one.contains("route=\"/v1/candles\""));
    after.removeAll(before);
    assertThat(after).isEmpty();
  }

  @Test
  void showsWhatPrometheusCallsClean() throws Exception {
    assertThat(Promtool.run(scrape(), "check", "metrics")).isEmpty();
  }

  @Test
  void alertRulesAreValidAndRaiseWhatTheirTestsSay() throws Exception {
    Promtool.run("", "check", "rules", "alerts.yml");
    Promtool.run("", "test", "rules", "alerts.test.yml");
    Promtool.run("", "check", "config", "--syntax-only", "prometheus.yml");
  }

  @Test
  void everyAlertLinksARunbookOfItsNameAndHasATest() throws IOException {
    String rules = Files.readString(Promtool.MONITORING.resolve("alerts.yml"));
    String tests = Files.readString(Promtool.MONITORING.resolve("alerts.test.yml"));
    List<String> alerts =
        Pattern.compile("- alert: (\\w+)").matcher(rules).results().map(r -> r.group(1)).toList();
    assertThat(alerts).hasSizeGreaterThan(10);
    String readme = Files.readString(Promtool.MONITORING.resolve("README.md"));
    for (String alert : alerts) {
      String runbook = "runbooks/" + alert + ".md";
      assertThat(readme).contains("| [" + alert + "](" + runbook + ") | " + severity(rules, alert));
      assertThat(rules).contains("runbook_url: monitoring/" + runbook);
      assertThat(Files.readString(Promtool.MONITORING.resolve(runbook)))
          .contains("## Meaning", "## Impact", "## Diagnosis", "## Mitigation");
      assertThat(tests).contains("name: " + alert + " fires", "name: " + alert + " stays quiet");
    }
    assertThat(files(".md").stream().filter(file -> file.toString().contains("runbooks")))
        .hasSameSizeAs(alerts);
  }

  @Test
  void everyJobThatIsNamedIsScrapedFromAServiceOfCompose() throws IOException {
    String prometheus = Files.readString(Promtool.MONITORING.resolve("prometheus.yml"));
    String compose = Files.readString(Promtool.MONITORING.resolve("../compose.yaml"));
    Set<String> scraped = found("job_name: (\\w+)", prometheus);
    Set<String> named = new TreeSet<>();
    named.addAll(
        found("job=\"(\\w+)\"", Files.readString(Promtool.MONITORING.resolve("alerts.yml"))));
    for (Path dashboard : files(".json")) {
      named.addAll(found("job=\\\\\"(\\w+)\\\\\"", Files.readString(dashboard)));
    }
    assertThat(named).isNotEmpty().isSubsetOf(scraped);
    assertThat(found("targets: \\[\"([\\w-]+):\\d+\"", prometheus))
        .hasSameSizeAs(scraped)
        .allSatisfy(service -> assertThat(compose).contains("\n  " + service + ":\n"));
  }

  @Test
  void composeMountsFilesThatExist() throws IOException {
    Path compose = Promtool.MONITORING.resolve("../compose.yaml");
    assertThat(found("- \\./([^:]+):", Files.readString(compose)))
        .hasSizeGreaterThan(4)
        .allSatisfy(file -> assertThat(compose.resolveSibling(file)).exists());
  }

  private static String severity(String rules, String alert) {
    String rule = rules.substring(rules.indexOf("- alert: " + alert));
    return rule.replaceFirst("(?s).*?severity: (\\w+).*", "$1");
  }

  private static Set<String> found(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(result -> result.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
