package dev.candlewick.server.console;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * {@code /}, the files it needs, and {@code /openapi.json}. Only the files listed here are served;
 * none of them is secret, so they need no API key. Everything they request does.
 */
public final class ConsoleHandler {
  /** The files below {@code /console/}, from the resource folder. */
  static final List<String> FILES =
      List.of(
          "console.css",
          "icon.svg",
          "app.js",
          "api.js",
          "audit-view.js",
          "band.js",
          "candles.js",
          "bots-view.js",
          "chart.js",
          "chart-view.js",
          "coverage.js",
          "dom.js",
          "format.js",
          "health-view.js",
          "indicators.js",
          "instruments.js",
          "instruments-view.js",
          "key.js",
          "picker.js",
          "plans-view.js",
          "records-view.js",
          "reference-view.js",
          "streams-view.js",
          "lightweight-charts-5.2.1.js",
          "lightweight-charts-LICENSE.txt");

  /** What the browser may load and run: files from here, and nothing inline. */
  private static final Map<String, String> SECURITY =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
              + " connect-src 'self'; base-uri 'none'; form-action 'none';"
              + " frame-ancestors 'none'",
          "X-Content-Type-Options",
          "nosniff",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Permissions-Policy",
          "camera=(), geolocation=(), microphone=(), payment=(), usb=()");

  /** Mounts its paths on the router, before API keys are checked. */
  public void mount(Router router) {
    serve(router, "/", Asset.of("/console/index.html"));
    serve(router, "/openapi.json", Asset.of("/openapi.json"));
    FILES.forEach(file -> serve(router, "/console/" + file, Asset.of("/console/" + file)));
  }

  private static void serve(Router router, String path, Asset asset) {
    router.get(path).method(HttpMethod.HEAD).handler(ctx -> answer(ctx, asset));
  }

  private static void answer(RoutingContext ctx, Asset asset) {
    HttpServerResponse response = ctx.response();
    SECURITY.forEach(response::putHeader);
    // Cached, but revalidated each time, so that after an upgrade all files change version
    // together.
    response.putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
    response.putHeader(HttpHeaders.ETAG, asset.etag());
    if (isHeld(ctx, asset)) {
      response.setStatusCode(304).end();
      return;
    }
    response.putHeader(HttpHeaders.CONTENT_TYPE, asset.contentType());
    response.putHeader(HttpHeaders.CONTENT_LENGTH, String.valueOf(asset.content().length()));
    if (ctx.request().method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.end(asset.content());
    }
  }

  private static boolean isHeld(RoutingContext ctx, Asset asset) {
    String held = ctx.request().getHeader(HttpHeaders.IF_NONE_MATCH);
    return held != null
        && Arrays.stream(held.split(","))
            .map(etag -> etag.strip().replaceFirst("^W/", ""))
            .anyMatch(etag -> etag.equals(asset.etag()) || etag.equals("*"));
  }
}
