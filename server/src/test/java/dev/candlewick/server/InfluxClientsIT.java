package dev.candlewick.server;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Unmodified clients of line protocol behind a wire that answers 503, then loses an answer: all
 * they send is stored once.
 */
class InfluxClientsIT {
  private static ServerProcess server;

  @BeforeAll
  static void start() {
    NodeClients.install();
    server = ServerProcess.on(TestDatabase.empty());
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"influxdb-client.js", "questdb-nodejs-client.js"})
  void writeOnceWhateverTheWireLoses(String script) {
    NodeClients.run(script, server.url().toString());
  }
}
