package dev.tailrace.observe;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Origin;
import dev.tailrace.runtime.Loop;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A span for each attempt at a message, by OpenTelemetry's conventions for messaging: it begins
 * before the handler is called and ends when the outcome is settled, or the message waits for its
 * next attempt. Its parent is what the message's headers say. The handler runs with it as the
 * current span, save one that is called for several messages at once. Neither keys nor payloads are
 * told.
 *
 * <p>Thread-safe. Holds a message from the call of its handler until what becomes of it is told.
 */
public final class MessageSpans implements PoolEvents, CallScope {
  private static final String SCOPE = "dev.tailrace";

  private static final TextMapGetter<Headers> HEADERS =
      (headers, name) -> headers == null ? null : headers.text(name);

  private final Tracer tracer;
  private final TextMapPropagator propagator;
  private final Map<Subject, Attempt> open = new ConcurrentHashMap<>(); // executing messages only
  private final Map<String, Reader> readers = new ConcurrentHashMap<>(); // by pipeline

  /** Who reads for a pipeline. */
  private record Reader(String system, String group) {}

  /** An attempt under way. */
  private static final class Attempt {
    private final Span span;
    private final Context context;
    private String outcome = ""; // its event loop only
    private @Nullable String failure; // its event loop only

    Attempt(Span span, Context context) {
      this.span = span;
      this.context = context;
    }
  }

  /** Makes spans there. */
  public MessageSpans(OpenTelemetry telemetry) {
    this.tracer = telemetry.getTracer(SCOPE);
    this.propagator = telemetry.getPropagators().getTextMapPropagator();
  }

  @Override
  public CallScope calls() {
    return this;
  }

  @Override
  public void reads(String pipeline, String system, String group) {
    readers.put(pipeline, new Reader(system, group));
  }

  @Override
  public void started(Subject subject) {
    Headers headers = subject.message().headers();
    Context parent =
        headers.size() == 0 ? Context.root() : propagator.extract(Context.root(), headers, HEADERS);
    Span span = begun(subject).setParent(parent).startSpan();
    open.put(subject, new Attempt(span, parent.with(span)));
  }

  private SpanBuilder begun(Subject subject) {
    Place place = Place.of(subject.position());
    SpanBuilder span =
        tracer
            .spanBuilder("process " + place.destination())
            .setSpanKind(SpanKind.CONSUMER)
            .setAttribute("messaging.operation.name", "process")
            .setAttribute("messaging.operation.type", "process")
            .setAttribute("messaging.destination.name", place.destination())
            .setAttribute("tailrace.pipeline", subject.pipeline())
            .setAttribute("tailrace.attempt", subject.attempt());
    if (place.partition() != null) {
      span.setAttribute("messaging.destination.partition.id", place.partition());
    }
    if (subject.position().minor() == Origin.OFFSET) {
      span.setAttribute("messaging.kafka.offset", subject.position().major());
    } else {
      span.setAttribute("messaging.message.id", subject.position().position());
    }
    if (!subject.position().equals(subject.message().origin())) {
      span.setAttribute("tailrace.origin", subject.message().origin().toString());
    }
    Reader reader = readers.get(subject.pipeline());
    if (reader != null) {
      span.setAttribute("messaging.system", reader.system())
          .setAttribute("messaging.consumer.group.name", reader.group());
    }
    return span;
  }

  @Override
  public void handled(Subject subject, long nanos, String outcome) {
    Attempt attempt = open.get(subject);
    if (attempt != null) {
      attempt.outcome = outcome;
      attempt.failure = outcome.equals("error") ? "the handler failed" : null;
    }
  }

  @Override
  public void retried(Subject subject, String reason) {
    failed(subject, "retry", reason);
  }

  @Override
  public void spared(Subject subject, String reason) {
    failed(subject, "outage", reason);
  }

  @Override
  public void deadLettered(Subject subject, String reason, String destination) {
    failed(subject, "dead_letter", reason);
  }

  private void failed(Subject subject, String outcome, String reason) {
    Attempt attempt = open.get(subject);
    if (attempt != null) {
      attempt.outcome = outcome;
      attempt.failure = reason;
    }
  }

  @Override
  public void overran(Subject subject) {
    Attempt attempt = open.get(subject);
    if (attempt != null) {
      attempt.span.addEvent("overran");
    }
  }

  @Override
  public void settled(Subject subject, Finish finish, String detail) {
    Attempt attempt = open.remove(subject);
    if (attempt == null) {
      return; // its handler was not called
    }
    switch (finish) {
      case DONE -> attempt.outcome = "done";
      case MOVED -> attempt.outcome = "moved";
      case DISCARDED -> {
        boolean wished = attempt.outcome.equals("discard");
        attempt.failure = wished ? null : detail;
        attempt.outcome = "discard";
      }
      case DEAD_LETTERED, SKIPPED -> {
        // said before, or none was called
      }
    }
    end(attempt);
  }

  @Override
  public void parked(Subject subject, Duration delay, String reason) {
    waits(subject, reason);
  }

  @Override
  public void held(Subject subject, Duration delay, String reason) {
    waits(subject, reason);
  }

  private void waits(Subject subject, String reason) {
    Attempt attempt = open.remove(subject);
    if (attempt != null) {
      int colon = reason.indexOf(':');
      attempt.outcome = colon < 0 ? reason : reason.substring(0, colon);
      if (attempt.failure == null && attempt.outcome.equals("retry")) {
        attempt.failure = reason; // its end could not be carried out
      }
      end(attempt);
    }
  }

  @Override
  public void released(Subject subject, String reason) {
    Attempt attempt = open.remove(subject);
    if (attempt != null) {
      attempt.failure = attempt.failure == null ? null : reason;
      attempt.outcome = "released";
      end(attempt);
    }
  }

  @Override
  public void abandoned(Subject subject, String stage) {
    Attempt attempt = open.remove(subject);
    if (attempt != null) {
      attempt.outcome = "abandoned";
      attempt.failure = "abandoned while " + stage;
      end(attempt);
    }
  }

  private static void end(Attempt attempt) {
    attempt.span.setAttribute("tailrace.outcome", attempt.outcome);
    if (attempt.failure != null) {
      attempt.span.setStatus(StatusCode.ERROR, attempt.failure);
      attempt.span.setAttribute("error.type", attempt.outcome);
    }
    attempt.span.end();
  }

  @Override
  public <T> Callable<T> around(Subject subject, Callable<T> call) {
    Attempt attempt = open.get(subject);
    return attempt == null ? call : attempt.context.wrap(call);
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // closed below, or left to what the call has begun
  public <T> T within(Subject subject, Loop loop, Supplier<T> call) {
    Attempt attempt = open.get(subject);
    if (attempt == null) {
      return call.get();
    }
    Scope[] scope = new Scope[1];
    try {
      return loop.apart(
          () -> {
            scope[0] = attempt.context.makeCurrent();
            return call.get();
          });
    } finally {
      // Kept apart it goes along with what was begun; on the thread it would stay for all else.
      if (scope[0] != null && Context.current() == attempt.context) {
        scope[0].close();
      }
    }
  }

  /** Where a message lies, in the words of the conventions. */
  private record Place(String destination, @Nullable String partition) {
    static Place of(Origin position) {
      String topic = MessagePlaces.topic(position);
      return topic.length() == position.source().length()
          ? new Place(topic, null)
          : new Place(topic, position.source().substring(topic.length() + 1));
    }
  }
}
