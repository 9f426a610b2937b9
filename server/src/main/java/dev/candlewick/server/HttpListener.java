package dev.candlewick.server;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server's socket: where it listens, what it speaks, and its certificate. Each event loop
 * has its own server on the shared port; a connection stays on the loop it was assigned to.
 */
final class HttpListener {
  private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);

  /** Forward secret and authenticated, for TLS 1.3 and 1.2: no static RSA, no CBC. */
  private static final List<String> SUITES =
      List.of(
          "TLS_AES_256_GCM_SHA384",
          "TLS_AES_128_GCM_SHA256",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  /** A free port, the same for all servers. */
  private static final int ANY_PORT = -1;

  static {
    // Read once, when the JDK's TLS is first used; a renegotiation costs a server far more than a
    // client.
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
  }

  private final HttpConfig config;
  private final String host;
  private final Vertx vertx;
  private final List<HttpServer> servers;
  private FileTime certificateRead = FileTime.fromMillis(0);

  /**
   * Prepares to listen.
   *
   * @param loops how many event loops share the connections
   * @throws ServerException if it would listen to others without any API key, or the certificate's
   *     private key is world-readable
   */
  HttpListener(
      Vertx vertx,
      HttpConfig config,
      boolean open,
      int loops,
      int frameBytes,
      Router router,
      Connections connections)
      throws ServerException {
    this.vertx = vertx;
    this.config = config;
    this.host = host(config.host(), open);
    if (config.key() != null) {
      FileModes.refuseReadable(config.key());
    }
    this.servers =
        Stream.generate(
                () ->
                    vertx
                        .createHttpServer(options(frameBytes))
                        .connectionHandler(connections::opened)
                        .requestHandler(router))
            .limit(loops)
            .toList();
  }

  private static String host(@Nullable String asked, boolean open) throws ServerException {
    if (asked == null) {
      return open ? "127.0.0.1" : "0.0.0.0";
    }
    if (open && !isLoopback(asked)) {
      throw new ServerException(
          "CANDLEWICK_HTTP_HOST is "
              + asked
              + " and there are no API keys: everybody could read and write. Name a file of keys"
              + " with CANDLEWICK_API_KEYS_FILE, or listen on 127.0.0.1");
    }
    return asked;
  }

  private static boolean isLoopback(String host) throws ServerException {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new ServerException("CANDLEWICK_HTTP_HOST is not an address of this machine: " + host);
    }
  }

  private HttpServerOptions options(int frameBytes) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(host)
            .setPort(config.port() == 0 ? ANY_PORT : config.port())
            .setTcpKeepAlive(true)
            // A small deflated frame may inflate to anything before a limit is checked.
            .setPerMessageWebSocketCompressionSupported(false)
            .setPerFrameWebSocketCompressionSupported(false)
            .setMaxWebSocketFrameSize(frameBytes)
            // Room for a percent-encoded list of too many indicators, so that it can be rejected by
            // name.
            .setMaxInitialLineLength(16_384)
            // Read up to this much of a body at once.
            .setMaxChunkSize(65_536)
            .setHttp2ClearTextEnabled(false);
    Path certificate = config.certificate();
    Path key = config.key();
    if (certificate != null && key != null) {
      options
          .setSsl(true)
          .setUseAlpn(false)
          .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"))
          .setKeyCertOptions(pem(certificate, key));
      SUITES.forEach(options::addEnabledCipherSuite);
    }
    return options;
  }

  private static PemKeyCertOptions pem(Path certificate, Path key) {
    return new PemKeyCertOptions().setCertPath(certificate.toString()).setKeyPath(key.toString());
  }

  void listen(ServerMetrics metrics) throws ServerException, InterruptedException {
    Iterator<HttpServer> each = servers.iterator();
    DeploymentOptions once = new DeploymentOptions().setInstances(servers.size());
    try {
      // One instance each, and so one context and one event loop.
      vertx
          .deployVerticle(() -> new OnLoop(each.next(), metrics), once)
          .toCompletionStage()
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
      reloadCertificate();
    } catch (ExecutionException | TimeoutException e) {
      throw new ServerException("cannot listen on port " + config.port() + ": " + e.getCause());
    }
  }

  /** One server on one event loop. */
  private static final class OnLoop extends VerticleBase {
    private final HttpServer server;
    private final ServerMetrics metrics;

    OnLoop(HttpServer server, ServerMetrics metrics) {
      this.server = server;
      this.metrics = metrics;
    }

    @Override
    public Future<HttpServer> start() {
      metrics.watchEventLoop(vertx);
      return server.listen();
    }
  }

  /** Loads a renewed certificate; open connections keep the old one. Blocks. */
  void reloadCertificate() {
    Path certificate = config.certificate();
    Path key = config.key();
    if (certificate == null || key == null) {
      return;
    }
    try {
      FileTime written = Files.getLastModifiedTime(certificate);
      if (written.equals(certificateRead)) {
        return;
      }
      boolean renewed = certificateRead.toMillis() > 0;
      certificateRead = written;
      if (renewed) {
        // Forced, because the paths are the same and only their contents differ.
        servers
            .get(0)
            .updateSSLOptions(new ServerSSLOptions().setKeyCertOptions(pem(certificate, key)), true)
            .onSuccess(taken -> LOG.info("TLS certificate read again"))
            .onFailure(e -> LOG.error("the TLS certificate stays as it was: {}", e.getMessage()));
      }
    } catch (IOException e) {
      LOG.error("the TLS certificate cannot be looked at: {}", e.toString());
    }
  }

  String url() {
    String shown = host.equals("0.0.0.0") ? "127.0.0.1" : host;
    return (config.certificate() == null ? "http://" : "https://")
        + (shown.contains(":") ? "[" + shown + "]" : shown)
        + ":"
        + servers.get(0).actualPort();
  }

  CompletableFuture<Void> close() {
    List<Future<Void>> closing =
        servers.stream().map(server -> server.shutdown(1, TimeUnit.SECONDS)).toList();
    return Future.all(closing).<Void>mapEmpty().toCompletionStage().toCompletableFuture();
  }
}
