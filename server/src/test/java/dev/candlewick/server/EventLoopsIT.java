package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EventLoopsIT {
  private static final int CONNECTIONS = 8;
  private static final int LOOPS = Runtime.getRuntime().availableProcessors();

  private static RunningServer server;
  private static List<HttpClient> clients;

  @BeforeAll
  static void start() {
    server = RunningServer.with(Map.of());
    // A connection each.
    clients = IntStream.range(0, CONNECTIONS).mapToObj(i -> HttpClient.newHttpClient()).toList();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static CompletableFuture<HttpResponse<String>> get(HttpClient client, String path) {
    return client.sendAsync(
        HttpRequest.newBuilder(server.uri(path)).build(), BodyHandlers.ofString());
  }

  @Test
  void connectionsAreSharedOutToAllEventLoops() {
    server
        .routes()
        .router()
        .get("/test/loop")
        .order(-1)
        .handler(ctx -> ctx.end(Thread.currentThread().getName()));
    Set<String> loops = ConcurrentHashMap.newKeySet();
    for (HttpClient client : clients) {
      String loop = get(client, "/test/loop").join().body();
      assertThat(get(client, "/test/loop").join().body()).isEqualTo(loop);
      loops.add(loop);
    }
    assertThat(loops).hasSize(Math.min(CONNECTIONS, LOOPS));
  }

  /** Whoever asked first, the others share his look at the database, and not his event loop. */
  @Test
  void anAnswerThatIsSharedIsGivenByEachOnItsOwnEventLoop() {
    Set<String> strayed = ConcurrentHashMap.newKeySet();
    server
        .routes()
        .router()
        .get("/v1/kinds")
        .order(-1)
        .handler(
            ctx -> {
              Thread own = Thread.currentThread();
              ctx.addHeadersEndHandler(
                  sent -> {
                    if (Thread.currentThread() != own) {
                      strayed.add(own.getName() + " on " + Thread.currentThread().getName());
                    }
                  });
              ctx.next();
            });
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int round = 0; round < 10; round++) {
      clients.forEach(client -> answers.add(get(client, "/v1/kinds")));
    }
    answers.forEach(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
    assertThat(strayed).isEmpty();
  }
}
