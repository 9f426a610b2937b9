package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The document that is served as {@code /openapi.json}, and what it says about a value. */
final class OpenApi {
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

  private final JsonObject document;

  /** The same with every object closed: an answer must hold nothing that is not described. */
  private final JsonObject strict;

  OpenApi() {
    try (InputStream in = OpenApi.class.getResourceAsStream("/openapi.json")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      document = new JsonObject(text);
      strict = new JsonObject(text);
      close(strict.getJsonObject("components").getJsonObject("schemas"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void close(JsonObject schema) {
    if (schema.getValue("properties") instanceof JsonObject
        && !schema.containsKey("additionalProperties")) {
      schema.put("additionalProperties", false);
    }
    for (String name : schema.fieldNames()) {
      if (schema.getValue(name) instanceof JsonObject inner && !name.startsWith("example")) {
        close(inner);
      } else if (schema.getValue(name) instanceof JsonArray list && !name.startsWith("example")) {
        list.stream().filter(JsonObject.class::isInstance).forEach(e -> close((JsonObject) e));
      }
    }
  }

  JsonObject document() {
    return document;
  }

  /** An operation, for example {@code GET /v1/trades}. */
  record Operation(String method, String path, JsonObject description) {
    /** The media types of the answers with this status. */
    JsonObject content(OpenApi api, String status) {
      JsonObject response = description.getJsonObject("responses").getJsonObject(status);
      assertThat(response).as("%s %s answers with %s", method, path, status).isNotNull();
      return api.resolved(response).getJsonObject("content", new JsonObject());
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    JsonObject paths = document.getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      for (String method : paths.getJsonObject(path).fieldNames()) {
        if (METHODS.contains(method)) {
          JsonObject description = paths.getJsonObject(path).getJsonObject(method);
          operations.add(new Operation(method.toUpperCase(), path, description));
        }
      }
    }
    return operations;
  }

  /** The operation of a request; its path is without the query. */
  Operation operation(String method, String path) {
    return operations().stream()
        .filter(operation -> operation.method().equals(method))
        .filter(operation -> path.matches(operation.path().replaceAll("\\{\\w+\\}", "[^/]+")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("not described: " + method + " " + path));
  }

  /** The names of an operation's query parameters. */
  Set<String> parameters(Operation operation) {
    Set<String> names = new TreeSet<>();
    for (Object each : operation.description().getJsonArray("parameters", new JsonArray())) {
      JsonObject parameter = resolved((JsonObject) each);
      if (parameter.getString("in").equals("query")) {
        names.add(parameter.getString("name"));
      }
    }
    return names;
  }

  /** What a {@code $ref} of the document leads to; anything else as it is. */
  JsonObject resolved(JsonObject object) {
    String ref = object.getString("$ref");
    if (ref == null) {
      return object;
    }
    JsonObject at = document;
    for (String step : ref.substring(2).split("/")) {
      at = at.getJsonObject(step);
      assertThat(at).as(ref).isNotNull();
    }
    return at;
  }

  JsonObject schema(String name) {
    return new JsonObject().put("$ref", "#/components/schemas/" + name);
  }

  /** What is wrong with a value by a schema of this document; empty if nothing is. */
  List<String> faults(JsonObject schema, String json) {
    JsonObject whole = schema.copy().put("components", strict.getJsonObject("components"));
    Schema compiled = SCHEMAS.getSchema(whole.encode(), InputFormat.JSON);
    return compiled.validate(json, InputFormat.JSON).stream().map(Object::toString).toList();
  }

  /** An answer must have a described status and media type, and JSON must fit its schema. */
  void assertAnswer(Operation operation, int status, String contentType, String body) {
    JsonObject content = operation.content(this, String.valueOf(status));
    if (content.isEmpty()) {
      assertThat(body).as("%s %d", operation, status).isEmpty();
      return;
    }
    String mediaType = contentType.split(";", 2)[0];
    assertThat(content.fieldNames()).as("%s %d", operation, status).contains(mediaType);
    if (mediaType.endsWith("json") && !mediaType.endsWith("ndjson")) {
      JsonObject schema = content.getJsonObject(mediaType).getJsonObject("schema");
      assertThat(faults(schema, body)).as("%s %d %s", operation, status, body).isEmpty();
    }
  }

  /** The examples of a media type, as they are sent. */
  static List<String> examples(String mediaType, JsonObject content) {
    JsonObject examples = content.getJsonObject("examples", new JsonObject());
    return examples.stream()
        .map(example -> ((JsonObject) example.getValue()).getValue("value"))
        .map(value -> mediaType.endsWith("/json") ? Json.encode(value) : text(value))
        .toList();
  }

  private static String text(Object value) {
    return value instanceof String text ? text : Json.encode(value);
  }
}
