package dev.tailrace.cli;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.common.InstrumentationLibraryInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.util.List;

/**
 * A span as it was kept by an earlier run.
 *
 * @param origin whose it is
 * @param name of the span
 * @param kind of the span
 * @param context its own
 * @param parent its parent's
 * @param times when it began and ended
 * @param content what it tells
 */
record KeptSpan(
    Origin origin,
    String name,
    SpanKind kind,
    SpanContext context,
    SpanContext parent,
    Times times,
    Content content)
    implements SpanData {

  /** Who made it. */
  record Origin(Resource resource, InstrumentationScopeInfo scope) {}

  /** In nanoseconds since 1970. */
  record Times(long began, long ended) {}

  /** What it tells. */
  record Content(
      Attributes attributes, List<EventData> events, List<LinkData> links, StatusData status) {}

  @Override
  public String getName() {
    return name;
  }

  @Override
  public SpanKind getKind() {
    return kind;
  }

  @Override
  public SpanContext getSpanContext() {
    return context;
  }

  @Override
  public SpanContext getParentSpanContext() {
    return parent;
  }

  @Override
  public StatusData getStatus() {
    return content.status();
  }

  @Override
  public long getStartEpochNanos() {
    return times.began();
  }

  @Override
  public Attributes getAttributes() {
    return content.attributes();
  }

  @Override
  public List<EventData> getEvents() {
    return content.events();
  }

  @Override
  public List<LinkData> getLinks() {
    return content.links();
  }

  @Override
  public long getEndEpochNanos() {
    return times.ended();
  }

  @Override
  public boolean hasEnded() {
    return true;
  }

  @Override
  public int getTotalRecordedEvents() {
    return content.events().size();
  }

  @Override
  public int getTotalRecordedLinks() {
    return content.links().size();
  }

  @Override
  public int getTotalAttributeCount() {
    return content.attributes().size();
  }

  @Override
  @Deprecated
  @SuppressWarnings({"deprecation", "InlineMeSuggester"}) // the interface still asks for it
  public InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
    InstrumentationScopeInfo scope = origin.scope();
    return InstrumentationLibraryInfo.create(scope.getName(), scope.getVersion());
  }

  @Override
  public InstrumentationScopeInfo getInstrumentationScopeInfo() {
    return origin.scope();
  }

  @Override
  public Resource getResource() {
    return origin.resource();
  }
}
