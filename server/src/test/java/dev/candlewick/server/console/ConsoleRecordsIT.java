package dev.candlewick.server.console;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestDatabase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The console's pages of bots and records in a real browser. */
class ConsoleRecordsIT {
  private static @Nullable RunningServer running;
  private static @Nullable Chromium browser;

  private Page page;
  private RunningServer server;

  @BeforeAll
  static void start() {
    Optional<Path> executable = Chromium.executable();
    assumeTrue(executable.isPresent(), "no Chromium");
    TestDatabase.shared().clear();
    running = RunningServer.with(Map.of());
    browser = Chromium.start(executable.orElseThrow());
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    if (browser != null) {
      browser.close();
    }
    if (running != null) {
      running.close();
    }
  }

  @BeforeEach
  void opensPage() {
    page = requireNonNull(browser).open();
    server = requireNonNull(running);
  }

  @AfterEach
  void nothingWentWrong() {
    try {
      assertThat(page.errors()).isEmpty();
    } finally {
      page.close();
    }
  }

  private void post(String path, JsonArray rows) {
    String body = new JsonObject().put("rows", rows).encode();
    HttpResponse<String> answer =
        server.send("POST", path, body, "Content-Type", "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  @Test
  void showsABotAndItsRecordsByFiltersInTheAddress() throws IOException {
    for (String kind : List.of("bots", "balances", "positions", "orders", "journal")) {
      String declaration = Files.readString(Path.of("..", "sql", "kinds", kind + ".json"));
      String type = "application/json";
      server.send("PUT", "/v1/kinds/" + kind, declaration, "Content-Type", type);
    }
    long now = System.currentTimeMillis();
    JsonObject row = new JsonObject().put("ts", now).put("bot", "<b>alpha</b>");
    post("/v1/records/bots", rows(row.copy().put("status", "active").put("last_heartbeat", now)));
    for (int i = 0; i < 3; i++) {
      JsonObject balance = row.copy().put("ts", now - i * 1_000L).put("account", "paper");
      post("/v1/records/balances", rows(balance.put("equity", 100 + i)));
    }
    // A second account adds to the first, one in another currency does not.
    JsonObject other = row.copy().put("ts", now - 5_000).put("equity", 1_000);
    post(
        "/v1/records/balances",
        rows(
            other.copy().put("account", "live"),
            other.copy().put("account", "euro").put("currency", "EUR")));
    JsonObject order = row.copy().put("order_id", "A-1").put("status", "pending");
    post(
        "/v1/records/orders",
        rows(order, order.copy().put("order_id", "A-2").put("status", "filled")));
    page.go(server.url() + "/#/bots");
    page.await("document.querySelector('#bot-orders').textContent.includes('A-1')");
    assertThat(page.text("#bot-name")).isEqualTo("<b>alpha</b>");
    assertThat(page.text("#bot-orders")).doesNotContain("A-2");
    page.await("document.querySelector('#bot-plot .line').getAttribute('d').length > 20");
    page.await(
        "document.querySelector('#bot-plot').getAttribute('aria-label')"
            + ".replaceAll(',', '') === 'Equity from 1102.00 to 1100.00'");
    page.go(server.url() + "/#/records?kind=orders&status=filled&latest=true");
    page.await("document.querySelector('#records-body').textContent.includes('A-2')");
    assertThat(page.text("#records-body")).doesNotContain("A-1");
    page.click("#records-filters button");
    page.await("document.querySelector('#records-body').textContent.includes('A-1')");
    page.go(server.url() + "/#/kinds");
    page.await("document.querySelector('#kinds-body').textContent.includes('journal')");
  }

  private static JsonArray rows(JsonObject... rows) {
    return new JsonArray(List.of(rows));
  }
}
