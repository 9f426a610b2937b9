package dev.candlewick.server.console;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** One tab of {@link Chromium}: what a person does in it, and what went wrong in it. */
final class Page implements AutoCloseable {
  private static final long PATIENCE_MILLIS = 15_000;
  private static final Map<String, Integer> KEY_CODES =
      Map.of(
          "Tab",
          9,
          "Enter",
          13,
          "Escape",
          27,
          "End",
          35,
          "Home",
          36,
          "ArrowLeft",
          37,
          "ArrowUp",
          38,
          "ArrowRight",
          39,
          "ArrowDown",
          40,
          "/",
          191);

  private final Chromium chromium;
  private final String session;
  private final String target;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();

  Page(Chromium chromium, String session, String target) {
    this.chromium = chromium;
    this.session = session;
    this.target = target;
    chromium.listen(this::onEvent);
    for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
      send(domain + ".enable", new JsonObject());
    }
  }

  private JsonObject send(String method, JsonObject parameters) {
    return chromium.send(session, method, parameters);
  }

  private void onEvent(JsonObject event) {
    if (!session.equals(event.getString("sessionId"))) {
      return;
    }
    JsonObject of = event.getJsonObject("params");
    switch (event.getString("method")) {
      case "Network.requestWillBeSent" ->
          requests.add(of.getJsonObject("request").getString("url"));
      case "Network.webSocketCreated" -> requests.add(of.getString("url"));
      case "Runtime.exceptionThrown" -> errors.add(of.encode());
      case "Runtime.consoleAPICalled" -> {
        if (List.of("error", "assert", "warning").contains(of.getString("type"))) {
          errors.add(of.encode());
        }
      }
      case "Log.entryAdded" -> {
        if (of.getJsonObject("entry").getString("level").equals("error")) {
          errors.add(of.encode());
        }
      }
      default -> {}
    }
  }

  /** The addresses of everything that was asked for, WebSockets too. */
  List<String> requests() {
    return requests;
  }

  /** What the browser's console shows in red, and uncaught exceptions. */
  List<String> errors() {
    return errors;
  }

  /** Goes there; within a page that is open already, only to another view of it. */
  void go(String url) {
    send("Page.navigate", new JsonObject().put("url", url));
    await("location.href.startsWith('" + url + "') && document.readyState === 'complete'");
  }

  /** Light or dark, as the system would say. */
  void prefer(String colourScheme) {
    JsonObject feature =
        new JsonObject().put("name", "prefers-color-scheme").put("value", colourScheme);
    send(
        "Emulation.setEmulatedMedia",
        new JsonObject().put("features", new JsonArray().add(feature)));
  }

  /** The value of an expression, awaited if it is a promise. */
  Object evaluate(String expression) {
    JsonObject answer =
        send(
            "Runtime.evaluate",
            new JsonObject()
                .put("expression", expression)
                .put("awaitPromise", true)
                .put("returnByValue", true));
    if (answer.containsKey("exceptionDetails")) {
      throw new IllegalStateException(expression + ": " + answer.encode());
    }
    return answer.getJsonObject("result").getValue("value");
  }

  String text(String selector) {
    return String.valueOf(
        evaluate("document.querySelector('" + selector + "')?.textContent ?? ''"));
  }

  /** Waits until the expression is true; fails with what the page shows if it never is. */
  void await(String expression) {
    long end = System.currentTimeMillis() + PATIENCE_MILLIS;
    // What is looked at may not be there yet.
    String test =
        "(() => { try { return Boolean(" + expression + "); } catch { return false; } })()";
    while (!Boolean.TRUE.equals(evaluate(test))) {
      if (System.currentTimeMillis() > end) {
        throw new AssertionError(
            "never true: " + expression + "\n" + evaluate("document.body.innerText") + errors);
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  void click(String selector) {
    evaluate("document.querySelector('" + selector + "').click()");
  }

  /** A key, pressed and let go, where the focus is. */
  void press(String key) {
    JsonObject event =
        new JsonObject()
            .put("key", key)
            .put("code", key)
            .put("windowsVirtualKeyCode", KEY_CODES.get(key));
    JsonObject down = event.copy().put("type", "rawKeyDown");
    if (key.length() == 1) {
      down.put("type", "keyDown").put("text", key);
    }
    send("Input.dispatchKeyEvent", down);
    send("Input.dispatchKeyEvent", event.copy().put("type", "keyUp"));
  }

  void type(String text) {
    send("Input.insertText", new JsonObject().put("text", text));
  }

  @Override
  public void close() {
    chromium.send("", "Target.closeTarget", new JsonObject().put("targetId", target));
  }
}
