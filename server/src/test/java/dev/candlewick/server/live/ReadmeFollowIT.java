package dev.candlewick.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.NodeClients;
import dev.candlewick.server.ServerProcess;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's client, run as it stands there: its connection is cut, and it has no gap. */
class ReadmeFollowIT {
  private static final String SYMBOL = "FOLLOWED";

  /** Tells the candles for every line it reads, after it has cut the connection if that says so. */
  private static final String COMMANDS =
      """

      require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
        if (line === 'cut') socket.close();
        console.log(JSON.stringify([...candles.values()]));
      });
      """;

  @TempDir private Path folder;

  @Test
  void theClientOfTheReadmeHasNoGapAfterItIsCutOff() throws Exception {
    NodeClients.requireNode();
    try (LiveInstance server = new LiveInstance(LiveLimits.DEFAULT)) {
      long start = System.currentTimeMillis() / 60_000 * 60_000 - 600_000;
      Process node = start(server);
      try (Writer commands = node.outputWriter();
          BufferedReader answers =
              new BufferedReader(
                  new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8))) {
        // The first answer is an error: there is no such instrument yet.
        awaitRetry(server);
        trade(server, start, 1);
        awaitEqual(server, start, commands, answers);
        for (int i = 2; i < 5; i++) {
          trade(server, start + 60_000L * i, i);
          awaitEqual(server, start, commands, answers);
          ask("cut", commands, answers);
          // What is missed: a new candle, and a late trade in the oldest one.
          trade(server, start + 60_000L * i + 60_000, i);
          trade(server, start + i, 100 + i);
          awaitEqual(server, start, commands, answers);
        }
      } finally {
        node.destroyForcibly();
      }
    }
  }

  /** The client closes its connection to try again. */
  private static void awaitRetry(LiveInstance server) {
    Counter closed =
        server.registry.get("candlewick.live.closed").tag("reason", "by_client").counter();
    ServerProcess.await("a retry", Duration.ofSeconds(15), () -> closed.count() > 0);
  }

  private static void trade(LiveInstance server, long ts, int price) {
    JsonObject row = new JsonObject().put("ts", ts).put("price", price).put("size", 1);
    server.post("trades", SYMBOL, new JsonArray().add(row));
  }

  private Process start(LiveInstance server) throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    int begin = readme.indexOf("```js\n") + 6;
    String client =
        readme
            .substring(begin, readme.indexOf("```", begin))
            .replace("ws://127.0.0.1:8080/v1/subscribe", server.webSocket().toString())
            .replace("'demo'", "'test'")
            .replace("'BTC-USD'", "'" + SYMBOL + "'");
    Path script = folder.resolve("follow.cjs");
    Files.writeString(script, client + COMMANDS);
    return new ProcessBuilder("node", "--experimental-websocket", script.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static void awaitEqual(
      LiveInstance server, long start, Writer commands, BufferedReader answers)
      throws InterruptedException {
    long giveUp = System.nanoTime() + 15_000_000_000L;
    Map<Long, JsonObject> asked;
    Map<Long, JsonObject> told;
    do {
      Thread.sleep(50);
      asked = server.candles(SYMBOL, "1m", start);
      told = ask("tell", commands, answers);
    } while (!told.equals(asked) && System.nanoTime() < giveUp);
    assertThat(told).isEqualTo(asked);
  }

  private static Map<Long, JsonObject> ask(String what, Writer commands, BufferedReader answers) {
    try {
      commands.write(what + "\n");
      commands.flush();
      Map<Long, JsonObject> candles = new TreeMap<>();
      new JsonArray(answers.readLine())
          .forEach(row -> candles.put(((JsonObject) row).getLong("ts"), (JsonObject) row));
      return candles;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
