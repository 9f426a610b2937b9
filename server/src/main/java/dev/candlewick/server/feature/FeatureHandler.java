package dev.candlewick.server.feature;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.net.Problem;
import dev.candlewick.record.Kind;
import dev.candlewick.server.feature.DeclarationRepository.Kept;
import dev.candlewick.server.feature.DeclarationRepository.Saved;
import dev.candlewick.server.web.Caller;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.PlainBody;
import dev.candlewick.server.web.Reply;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.util.Set;

/** {@code /v1/plans} and {@code /v1/feature-sets}: what is computed for which instruments. */
public final class FeatureHandler {
  private static final String PLANS = "/v1/plans";
  private static final String PLAN = PLANS + "/:plan";
  private static final String SETS = "/v1/feature-sets";
  private static final String SET = SETS + "/:name";
  private static final int MAX_BODY = 65_536;

  private final DeclarationRepository declarations;

  /** Stores them there. */
  public FeatureHandler(DeclarationRepository declarations) {
    this.declarations = declarations;
  }

  public void mount(Router router) {
    router.get(PLANS).method(HttpMethod.HEAD).handler(ctx -> list(ctx, Job.PLAN, "plans"));
    router.get(SETS).method(HttpMethod.HEAD).handler(ctx -> list(ctx, Job.SET, "feature_sets"));
    router.get(PLAN).method(HttpMethod.HEAD).handler(ctx -> one(ctx, Job.PLAN, "plan"));
    router.get(SET).method(HttpMethod.HEAD).handler(ctx -> one(ctx, Job.SET, "name"));
    BodyHandler body = BodyHandler.create(false).setBodyLimit(MAX_BODY);
    router.put(PLAN).handler(body).handler(this::putPlan);
    router.put(SET).handler(body).handler(this::putSet);
    router.delete(SET + "/versions/:version").handler(this::dropVersion);
  }

  private void dropVersion(RoutingContext ctx) {
    Params.of(ctx, Set.of());
    if (Caller.of(ctx).isConfined()) {
      throw Caller.forbidden("this API key may not drop rows that belong to no bot");
    }
    String name = name(ctx, "name");
    String version = String.valueOf(ctx.pathParam("version"));
    if (version.length() > 64 || !Kind.isStorable(version)) {
      throw Problem.badParameter("version", "must have 1 to 64 characters");
    }
    Reply.when(
        ctx,
        declarations.dropVersion(name, version),
        dropped ->
            Reply.json(
                ctx,
                json -> {
                  json.writeStartObject();
                  json.writeStringField("name", name);
                  json.writeStringField("version", version);
                  json.writeNumberField("dropped", dropped);
                  json.writeEndObject();
                }));
  }

  private void list(RoutingContext ctx, String of, String name) {
    Params.of(ctx, Set.of());
    Reply.when(
        ctx,
        declarations.find(of, null),
        found ->
            Reply.json(
                ctx,
                json -> {
                  json.writeStartObject();
                  json.writeArrayFieldStart(name);
                  for (Kept kept : found) {
                    write(json, of, kept);
                  }
                  json.writeEndArray();
                  json.writeEndObject();
                }));
  }

  private void one(RoutingContext ctx, String of, String parameter) {
    Params.of(ctx, Set.of());
    String name = name(ctx, parameter);
    Reply.when(
        ctx,
        declarations.find(of, name),
        found -> {
          if (found.isEmpty()) {
            throw of.equals(Job.PLAN)
                ? new Problem(404, "unknown_plan", "no plan " + name)
                : new Problem(404, "unknown_feature_set", "no feature set " + name);
          }
          Reply.json(ctx, json -> write(json, of, found.get(0)));
        });
  }

  private void putPlan(RoutingContext ctx) {
    Params.of(ctx, Set.of());
    JsonObject declaration = declaration(ctx, "plan");
    Plan plan = Declarations.plan(name(ctx, "plan"), declaration);
    answer(ctx, Job.PLAN, declarations.save(plan, declaration));
  }

  private void putSet(RoutingContext ctx) {
    Params.of(ctx, Set.of());
    JsonObject declaration = declaration(ctx, "name");
    FeatureSet set = Declarations.set(name(ctx, "name"), declaration);
    answer(ctx, Job.SET, declarations.save(set, declaration));
  }

  private static void answer(RoutingContext ctx, String of, Future<Saved> saved) {
    Reply.when(
        ctx,
        saved,
        done -> {
          ctx.response().setStatusCode(done.made() ? 201 : 200);
          Reply.json(ctx, json -> write(json, of, done.kept()));
        });
  }

  private static String name(RoutingContext ctx, String parameter) {
    return Declarations.named(parameter, String.valueOf(ctx.pathParam(parameter)));
  }

  /** The body without its name, which may be present if it matches the path. */
  private static JsonObject declaration(RoutingContext ctx, String parameter) {
    JsonObject json;
    try {
      json = new JsonObject(PlainBody.of(ctx));
    } catch (DecodeException | ClassCastException e) {
      throw new Problem(400, "malformed", "the body must be one JSON object");
    }
    Object named = json.remove(parameter);
    if (named != null && !named.equals(ctx.pathParam(parameter))) {
      throw new Problem(422, "bad_declaration", parameter + ": does not match the one in the path");
    }
    return json;
  }

  private static void write(JsonGenerator json, String of, Kept kept) throws IOException {
    json.writeStartObject();
    json.writeStringField(of.equals(Job.PLAN) ? "plan" : "name", kept.name());
    for (String field : kept.declaration().fieldNames()) {
      json.writeFieldName(field);
      json.writeRawValue(Json.encode(kept.declaration().getValue(field)));
    }
    json.writeObjectFieldStart("progress");
    json.writeStringField("state", kept.complete() ? "complete" : "filling");
    json.writeNumberField("done", Math.round(kept.progress() * 1_000) / 1_000.0);
    json.writeNumberField("instruments", kept.instruments());
    json.writeEndObject();
    json.writeEndObject();
  }
}
