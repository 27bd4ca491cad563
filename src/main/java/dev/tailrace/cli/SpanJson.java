package dev.tailrace.cli;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfoBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Spans in the JSON of OTLP, in which they are kept for the next start, and back. */
final class SpanJson {
  private static final String RESOURCES = "resourceSpans";
  private static final String SCOPES = "scopeSpans";
  private static final String SPANS = "spans";
  private static final String ATTRIBUTES = "attributes";

  /** As OTLP numbers them, from 1. */
  private static final List<SpanKind> KINDS =
      List.of(
          SpanKind.INTERNAL,
          SpanKind.SERVER,
          SpanKind.CLIENT,
          SpanKind.PRODUCER,
          SpanKind.CONSUMER);

  private SpanJson() {}

  /** As the body of a request to a receiver. */
  static JsonObject write(List<SpanData> spans) {
    Map<KeptSpan.Origin, JsonArray> byOrigin = new LinkedHashMap<>();
    for (SpanData span : spans) {
      byOrigin
          .computeIfAbsent(
              new KeptSpan.Origin(span.getResource(), span.getInstrumentationScopeInfo()),
              first -> new JsonArray())
          .add(span(span));
    }
    JsonArray all = new JsonArray();
    byOrigin.forEach((origin, its) -> all.add(origin(origin, its)));
    return new JsonObject().put(RESOURCES, all);
  }

  private static JsonObject origin(KeptSpan.Origin origin, JsonArray spans) {
    InstrumentationScopeInfo info = origin.scope();
    JsonObject scope =
        new JsonObject()
            .put("name", info.getName())
            .put("version", info.getVersion())
            .put(ATTRIBUTES, AttributeJson.write(info.getAttributes()));
    JsonObject resource =
        new JsonObject().put(ATTRIBUTES, AttributeJson.write(origin.resource().getAttributes()));
    return new JsonObject()
        .put("resource", resource)
        .put(SCOPES, new JsonArray().add(new JsonObject().put("scope", scope).put(SPANS, spans)));
  }

  private static JsonObject span(SpanData span) {
    JsonObject written =
        context(span.getSpanContext())
            .put("name", span.getName())
            .put("kind", KINDS.indexOf(span.getKind()) + 1)
            .put("startTimeUnixNano", Long.toString(span.getStartEpochNanos()))
            .put("endTimeUnixNano", Long.toString(span.getEndEpochNanos()))
            .put(ATTRIBUTES, AttributeJson.write(span.getAttributes()));
    if (span.getParentSpanContext().isValid()) {
      written.put("parentSpanId", span.getParentSpanContext().getSpanId());
    }
    JsonArray events = new JsonArray();
    for (EventData event : span.getEvents()) {
      events.add(
          new JsonObject()
              .put("timeUnixNano", Long.toString(event.getEpochNanos()))
              .put("name", event.getName())
              .put(ATTRIBUTES, AttributeJson.write(event.getAttributes())));
    }
    JsonArray links = new JsonArray();
    for (LinkData link : span.getLinks()) {
      links.add(
          context(link.getSpanContext())
              .put(ATTRIBUTES, AttributeJson.write(link.getAttributes())));
    }
    StatusData status = span.getStatus();
    return written
        .put("events", events)
        .put("links", links)
        .put(
            "status",
            new JsonObject()
                .put("code", code(status.getStatusCode()))
                .put("message", status.getDescription()));
  }

  /** As OTLP numbers them, which is not their order in the API. */
  private static int code(StatusCode code) {
    return switch (code) {
      case UNSET -> 0;
      case OK -> 1;
      case ERROR -> 2;
    };
  }

  private static JsonObject context(SpanContext context) {
    String state =
        context.getTraceState().asMap().entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(","));
    return new JsonObject()
        .put("traceId", context.getTraceId())
        .put("spanId", context.getSpanId())
        .put("traceState", state)
        .put("flags", (int) context.getTraceFlags().asByte());
  }

  /** What {@link #write} has written. */
  static List<SpanData> read(JsonObject written) {
    List<SpanData> spans = new ArrayList<>();
    for (JsonObject resources : objects(written, RESOURCES)) {
      Resource resource =
          Resource.create(
              AttributeJson.read(resources.getJsonObject("resource").getJsonArray(ATTRIBUTES)));
      for (JsonObject scopes : objects(resources, SCOPES)) {
        KeptSpan.Origin origin =
            new KeptSpan.Origin(resource, scope(scopes.getJsonObject("scope")));
        objects(scopes, SPANS).forEach(span -> spans.add(span(origin, span)));
      }
    }
    return spans;
  }

  private static InstrumentationScopeInfo scope(JsonObject written) {
    InstrumentationScopeInfoBuilder scope =
        InstrumentationScopeInfo.builder(written.getString("name"))
            .setAttributes(AttributeJson.read(written.getJsonArray(ATTRIBUTES)));
    String version = written.getString("version");
    return version == null ? scope.build() : scope.setVersion(version).build();
  }

  private static SpanData span(KeptSpan.Origin origin, JsonObject written) {
    SpanContext context = context(written);
    String parent = written.getString("parentSpanId");
    List<EventData> events = new ArrayList<>();
    for (JsonObject event : objects(written, "events")) {
      events.add(
          EventData.create(
              Long.parseLong(event.getString("timeUnixNano")),
              event.getString("name"),
              AttributeJson.read(event.getJsonArray(ATTRIBUTES))));
    }
    List<LinkData> links = new ArrayList<>();
    for (JsonObject link : objects(written, "links")) {
      links.add(LinkData.create(context(link), AttributeJson.read(link.getJsonArray(ATTRIBUTES))));
    }
    return new KeptSpan(
        origin,
        written.getString("name"),
        KINDS.get(written.getInteger("kind") - 1),
        context,
        parent == null
            ? SpanContext.getInvalid()
            : SpanContext.create(
                context.getTraceId(), parent, context.getTraceFlags(), TraceState.getDefault()),
        new KeptSpan.Times(
            Long.parseLong(written.getString("startTimeUnixNano")),
            Long.parseLong(written.getString("endTimeUnixNano"))),
        new KeptSpan.Content(
            AttributeJson.read(written.getJsonArray(ATTRIBUTES)),
            events,
            links,
            status(written.getJsonObject("status"))));
  }

  private static StatusData status(JsonObject written) {
    StatusCode code =
        switch (written.getInteger("code")) {
          case 1 -> StatusCode.OK;
          case 2 -> StatusCode.ERROR;
          default -> StatusCode.UNSET;
        };
    return StatusData.create(code, written.getString("message"));
  }

  private static SpanContext context(JsonObject written) {
    TraceStateBuilder state = TraceState.builder();
    String[] entries = written.getString("traceState", "").split(",", -1);
    for (int i = entries.length - 1; i >= 0; i--) { // each put comes first
      int equals = entries[i].indexOf('=');
      if (equals > 0) {
        state.put(entries[i].substring(0, equals), entries[i].substring(equals + 1));
      }
    }
    return SpanContext.create(
        written.getString("traceId"),
        written.getString("spanId"),
        TraceFlags.fromByte(written.getInteger("flags").byteValue()),
        state.build());
  }

  private static List<JsonObject> objects(JsonObject of, String name) {
    @Nullable JsonArray array = of.getJsonArray(name);
    List<JsonObject> objects = new ArrayList<>();
    for (int i = 0; array != null && i < array.size(); i++) {
      objects.add(array.getJsonObject(i));
    }
    return objects;
  }
}
