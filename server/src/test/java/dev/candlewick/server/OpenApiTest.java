package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.OpenApi.Operation;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The document in itself. */
class OpenApiTest {
  private static final OpenApi API = new OpenApi();
  private static final Set<String> WITHOUT_KEY =
      Set.of("/livez", "/readyz", "/openapi.json", "/", "/ping", "/settings");

  static Stream<Operation> operations() {
    return API.operations().stream();
  }

  static Stream<String> schemas() {
    return API
        .document()
        .getJsonObject("components")
        .getJsonObject("schemas")
        .fieldNames()
        .stream();
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    List<JsonObject> references = new ArrayList<>();
    collect(API.document(), references);
    assertThat(references).hasSizeGreaterThan(100).allSatisfy(API::resolved);
  }

  private static void collect(Object value, List<JsonObject> references) {
    if (value instanceof JsonObject object) {
      if (object.containsKey("$ref")) {
        references.add(object);
      }
      object.forEach(entry -> collect(entry.getValue(), references));
    } else if (value instanceof JsonArray list) {
      list.forEach(entry -> collect(entry, references));
    }
  }

  @Test
  void operationIdsAreUnique() {
    assertThat(operations().map(operation -> operation.description().getString("operationId")))
        .doesNotContainNull()
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void saysWhatItIsForAndHowItFails(Operation operation) {
    assertThat(operation.description().getString("summary")).isNotBlank();
    assertThat(operation.description().getString("description")).isNotBlank();
    if (!WITHOUT_KEY.contains(operation.path())) {
      assertThat(operation.description().getJsonObject("responses").fieldNames())
          .contains("401", "403");
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void examplesFitTheirSchemas(Operation operation) {
    JsonObject responses = operation.description().getJsonObject("responses");
    responses.fieldNames().forEach(status -> examplesFit(operation.content(API, status)));
    JsonObject body = operation.description().getJsonObject("requestBody");
    if (body != null) {
      examplesFit(body.getJsonObject("content"));
    }
  }

  private static void examplesFit(JsonObject content) {
    for (String mediaType : content.fieldNames()) {
      JsonObject description = content.getJsonObject(mediaType);
      if (mediaType.endsWith("json") && !mediaType.endsWith("ndjson")) {
        for (String example : OpenApi.examples(mediaType, description)) {
          assertThat(API.faults(description.getJsonObject("schema"), example))
              .as(example)
              .isEmpty();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void examplesOfSchemasFitThem(String name) {
    JsonObject schema = API.resolved(API.schema(name));
    for (Object example : schema.getJsonArray("examples", new JsonArray())) {
      assertThat(API.faults(API.schema(name), Json.encode(example))).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void everyOperationThatAnswersWithJsonHasAnExample(Operation operation) {
    JsonObject responses = operation.description().getJsonObject("responses");
    if (responses.containsKey("200") && !operation.path().equals("/openapi.json")) {
      JsonObject content = operation.content(API, "200");
      if (content.containsKey("application/json")) {
        assertThat(OpenApi.examples("/json", content.getJsonObject("application/json")))
            .isNotEmpty();
      }
    }
  }
}
