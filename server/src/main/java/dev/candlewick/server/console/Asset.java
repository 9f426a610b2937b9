package dev.candlewick.server.console;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file of the class path, held in memory.
 *
 * @param etag a strong one, of its content, with its quotes
 */
record Asset(String contentType, String etag, Buffer content) {
  /** Reads a resource; without it the jar is broken. */
  static Asset of(String resource) {
    try (InputStream in = Asset.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("not on the class path: " + resource);
      }
      byte[] content = in.readAllBytes();
      return new Asset(contentType(resource), etag(content), Buffer.buffer(content));
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }

  private static String contentType(String resource) {
    return switch (resource.substring(resource.lastIndexOf('.') + 1)) {
      case "html" -> "text/html; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      case "js" -> "text/javascript; charset=utf-8";
      case "svg" -> "image/svg+xml";
      case "json" -> "application/json";
      case "txt" -> "text/plain; charset=utf-8";
      default -> throw new IllegalStateException("no content type known of " + resource);
    };
  }

  private static String etag(byte[] content) {
    try {
      byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(content);
      return '"' + HexFormat.of().formatHex(sha256, 0, 12) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
