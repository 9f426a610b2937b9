package dev.candlewick.server;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Each test class finds the shared database without rows: what one class left, such as where
 * retention has dropped candles, would decide what the next one reads. For every class by itself.
 */
public final class EmptyDatabase implements BeforeAllCallback {
  @Override
  public void beforeAll(ExtensionContext context) {
    if (context.getRequiredTestClass().getEnclosingClass() == null) {
      TestDatabase.clearIfShared();
    }
  }
}
