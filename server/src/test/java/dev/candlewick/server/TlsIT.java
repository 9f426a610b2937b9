package dev.candlewick.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsIT {
  @TempDir private static Path directory;

  private static TestCertificate certificate;
  private static TestCertificate another;

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificate = TestCertificate.make(directory, "certificate");
    another = TestCertificate.make(directory, "another");
  }

  private static int status(RunningServer server, SSLContext trusting)
      throws IOException, InterruptedException {
    URI uri = URI.create("https://localhost:" + server.port() + "/livez");
    HttpClient client = HttpClient.newBuilder().sslContext(trusting).build();
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).statusCode();
  }

  @Test
  void speaksHttpsAndTakesUpARenewedCertificate() throws Exception {
    Path chain = Files.copy(certificate.certificate, directory.resolve("live.crt"));
    Path key = directory.resolve("live.key");
    Files.copy(certificate.key, key, StandardCopyOption.COPY_ATTRIBUTES);
    Map<String, String> tls = Map.of("TLS_CERT", chain.toString(), "TLS_KEY", key.toString());
    try (RunningServer server = RunningServer.with(tls)) {
      assertThat(server.uri("").getScheme()).isEqualTo("https");
      assertThat(status(server, certificate.context())).isEqualTo(200);
      assertThatThrownBy(() -> status(server, another.context()))
          .isInstanceOf(SSLHandshakeException.class);

      Files.write(key, Files.readAllBytes(another.key));
      Files.write(chain, Files.readAllBytes(another.certificate));
      Files.setLastModifiedTime(chain, FileTime.fromMillis(System.currentTimeMillis() + 2_000));
      long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      int renewed = 0;
      while (renewed != 200 && System.nanoTime() < giveUp) {
        try {
          renewed = status(server, another.context());
        } catch (SSLHandshakeException notYet) {
          Thread.sleep(200);
        }
      }
      assertThat(renewed).isEqualTo(200);
    }
  }

  @Test
  void refusesAPrivateKeyThatEverybodyMayRead() throws Exception {
    Path key = Files.copy(certificate.key, directory.resolve("open.key"));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    Map<String, String> tls =
        Map.of("TLS_CERT", "" + certificate.certificate, "TLS_KEY", key.toString());
    assertThatThrownBy(() -> RunningServer.with(tls).close())
        .hasMessageContaining("everybody may read " + key + " (rw-r--r--)")
        .hasMessageContaining("chmod o-r");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    RunningServer.with(tls).close();
  }

  @Test
  void negotiatesTls13() throws Exception {
    Map<String, String> tls =
        Map.of("TLS_CERT", "" + certificate.certificate, "TLS_KEY", "" + certificate.key);
    try (RunningServer server = RunningServer.with(tls);
        SSLSocket socket =
            (SSLSocket)
                certificate.context().getSocketFactory().createSocket("localhost", server.port())) {
      socket.startHandshake();
      assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TLS_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"
      })
  void refusesSuitesWithoutForwardSecrecyOrOfCbc(String suite) throws Exception {
    Map<String, String> tls =
        Map.of("TLS_CERT", "" + certificate.certificate, "TLS_KEY", "" + certificate.key);
    try (RunningServer server = RunningServer.with(tls)) {
      assertThatThrownBy(() -> handshake(server, suite)).isInstanceOf(IOException.class);
      handshake(server, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    }
  }

  private static void handshake(RunningServer server, String suite) throws Exception {
    try (SSLSocket socket =
        (SSLSocket)
            certificate.context().getSocketFactory().createSocket("localhost", server.port())) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.setEnabledCipherSuites(new String[] {suite});
      socket.startHandshake();
    }
  }

  @Test
  void refusesToNegotiateAgain() throws Exception {
    Map<String, String> tls =
        Map.of("TLS_CERT", "" + certificate.certificate, "TLS_KEY", "" + certificate.key);
    try (RunningServer server = RunningServer.with(tls);
        SSLSocket socket =
            (SSLSocket)
                certificate.context().getSocketFactory().createSocket("localhost", server.port())) {
      socket.setSoTimeout(5_000);
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.startHandshake();
      byte[] request = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII);
      socket.getOutputStream().write(request);
      assertThat(socket.getInputStream().read()).isEqualTo('H');
      socket.startHandshake();
      assertThatThrownBy(
              () -> {
                socket.getOutputStream().write(request);
                while (socket.getInputStream().read() >= 0) {
                  // what it says until it ends
                }
                throw new IOException("ended");
              })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void tellsBrowsersToStayWithTls() throws Exception {
    Map<String, String> tls =
        Map.of("TLS_CERT", "" + certificate.certificate, "TLS_KEY", "" + certificate.key);
    try (RunningServer server = RunningServer.with(tls)) {
      HttpClient client = HttpClient.newBuilder().sslContext(certificate.context()).build();
      URI uri = URI.create("https://localhost:" + server.port() + "/v1/instruments");
      assertThat(
              client
                  .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                  .headers()
                  .firstValue("Strict-Transport-Security"))
          .isPresent();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, verify-full, certificate, true",
    "localhost, verify-full, another, false",
    "127.0.0.1, verify-full, certificate, false",
    "127.0.0.1, verify-ca, certificate, true",
    "127.0.0.1, require, certificate, true"
  })
  void bothDriversVerifyTheDatabaseAlike(String host, String mode, String trusted, boolean accepted)
      throws Exception {
    DatabaseUrl real = DatabaseUrl.parse(TestDatabase.shared().url());
    Vertx vertx = Vertx.vertx();
    try (TlsDatabaseFront front =
        new TlsDatabaseFront(certificate.context(), real.host(), real.port())) {
      DatabaseUrl url =
          new DatabaseUrl(
              host,
              front.port(),
              real.database(),
              real.user(),
              real.password(),
              Map.of("sslmode", mode, "sslrootcert", directory + "/" + trusted + ".crt"));
      assertThat(blockingDriverConnects(url)).as("blocking").isEqualTo(accepted);
      assertThat(reactiveDriverConnects(vertx, url)).as("reactive").isEqualTo(accepted);
    } finally {
      vertx.close().await();
    }
  }

  private static boolean blockingDriverConnects(DatabaseUrl url) {
    try {
      DriverManager.getConnection(url.jdbcUrl(), url.properties()).close();
      return true;
    } catch (SQLException refused) {
      return false;
    }
  }

  private static boolean reactiveDriverConnects(Vertx vertx, DatabaseUrl url) {
    Pool pool = Pools.open(vertx, "test", url, 1, 1, new AtomicLong());
    return pool.query("select 1")
        .execute()
        .map(true)
        .otherwise(false)
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }
}
