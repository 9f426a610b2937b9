package dev.candlewick.server.binance;

import dev.candlewick.server.NodeClients;
import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestDatabase;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** ccxt, binance-api-node and Binance's own connector page as users do, and fail as they should. */
class PagingClientsIT {
  @Test
  void getEveryRowOnceAndErrorsAsTheirOwn() {
    NodeClients.install();
    TestDatabase.shared().clear();
    try (RunningServer server = RunningServer.with(Map.of())) {
      NodeClients.run("paging.js", server.url());
    }
  }
}
