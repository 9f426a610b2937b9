package dev.candlewick.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that answers, breaks off once, and answers again. */
class ApiTest {
  @Test
  void aReadThatBreaksOffIsAskedAgainOnceTheServerHasAnswered() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    AtomicInteger asked = new AtomicInteger();
    server.createContext(
        "/",
        exchange -> {
          boolean breaksOff = asked.incrementAndGet() == 2;
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write((breaksOff ? "o" : "ok").getBytes());
          exchange.close();
        });
    server.start();
    URI at = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    Api api = new Api(at, null);
    assertThat(api.get("/a", Map.of()).body()).isEqualTo("ok");
    assertThat(api.get("/a", Map.of()).body()).isEqualTo("ok");
    assertThat(asked).hasValue(3);

    server.stop(0);
    assertThatThrownBy(() -> new Api(at, null).get("/a", Map.of())).isInstanceOf(IOException.class);
  }

  @Test
  @Timeout(20)
  void anAnswerThatStopsInItsMiddleIsNotWaitedForForEver() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 1_000);
          exchange.getResponseBody().write("half".getBytes());
          exchange.getResponseBody().flush();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
    URI at = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    assertThatThrownBy(() -> new Api(at, null, Duration.ofMillis(300)).get("/a", Map.of()))
        .hasMessageContaining("no whole answer");
    over.countDown();
    server.stop(0);
  }
}
