package dev.tailrace.cli;

import dev.tailrace.app.DrainReport;
import dev.tailrace.app.DrainReport.FlushLine;
import dev.tailrace.app.DrainWitness;
import dev.tailrace.app.PoolIdentity;
import dev.tailrace.cli.LastTelemetry.Batch;
import dev.tailrace.observe.MessageSpans;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.tracing.opentelemetry.OpenTelemetryTracingFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The traces of this process, as the {@code OTEL_…} variables say: made of the pool's events and by
 * Vert.x's own clients, sent by the exporters that are named there. Thread-safe.
 */
final class Tracing implements DrainWitness, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Tracing.class);
  private static final String PATH = "/v1/traces";
  private static final String LINE = "telemetry spans";

  /** The part of the time that is for sending; the rest is for the spool. */
  private static final int SENDING_PERCENT = 70;

  /** However much time there is, a receiver that is away costs no more than this. */
  private static final Duration LONGEST = Posting.LONGEST;

  private static final AttributeKey<String> NAME = AttributeKey.stringKey("service.name");
  private static final AttributeKey<String> INSTANCE =
      AttributeKey.stringKey("service.instance.id");

  private final OpenTelemetrySdk sdk;
  private final MessageSpans spans;
  private final Exports exports;
  private final Spool spool;
  private volatile @Nullable FlushLine flush; // written when what is left has been sent

  /** What becomes of spans that have ended; set while the SDK is made. */
  private static final class Exports {
    private final List<SpanExporter> exporters = new ArrayList<>();
    private @Nullable SpanQueue queue; // by the thread that makes the SDK, before any span

    /** The SDK's own processors get nothing to send. */
    SpanExporter take(SpanExporter exporter, ConfigProperties config) {
      exporters.add(exporter);
      return SpanExporter.noop();
    }

    /** One queue comes in the place of all of the SDK's processors. */
    SpanProcessor replace(SpanProcessor processor, ConfigProperties config) {
      processor.shutdown();
      if (queue != null) {
        return SpanProcessor.composite();
      }
      queue = new SpanQueue(SpanExporter.composite(exporters), SpanQueue.Limits.of(config));
      return queue;
    }
  }

  private Tracing(OpenTelemetrySdk sdk, Exports exports, Spool spool) {
    this.sdk = sdk;
    this.exports = exports;
    this.spool = spool;
    this.spans = new MessageSpans(sdk);
  }

  /** Whether there are traces. */
  enum Mode {
    /** Where the variables name a receiver or an exporter. */
    AUTO,
    /** Also without that, to where the variables' defaults lead. */
    ON,
    /** None. */
    OFF;

    boolean applies(Map<String, String> environment) {
      boolean disabled = "true".equalsIgnoreCase(environment.get("OTEL_SDK_DISABLED"));
      return this != OFF && !disabled && (this == ON || isNamed(environment));
    }

    private static boolean isNamed(Map<String, String> environment) {
      String exporter = environment.getOrDefault("OTEL_TRACES_EXPORTER", "");
      return !exporter.equals("none")
          && (!exporter.isEmpty()
              || !environment.getOrDefault("OTEL_EXPORTER_OTLP_ENDPOINT", "").isEmpty()
              || !environment.getOrDefault("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "").isEmpty());
    }
  }

  /**
   * Begins.
   *
   * @param folder keeps what was not received
   * @throws CommandException where the variables are wrong
   */
  static Tracing open(PoolIdentity identity, Path folder) {
    return open(identity, folder, Map.of());
  }

  /** As that, with properties that go before variables. */
  static Tracing open(PoolIdentity identity, Path folder, Map<String, String> properties) {
    Exports exports = new Exports();
    try {
      OpenTelemetrySdk sdk =
          AutoConfiguredOpenTelemetrySdk.builder()
              .disableShutdownHook()
              .addPropertiesCustomizer(config -> properties)
              .addPropertiesCustomizer(config -> OURS)
              .addResourceCustomizer((found, config) -> resource(found, identity, config))
              .addSpanExporterCustomizer(exports::take)
              .addSpanProcessorCustomizer(exports::replace)
              .build()
              .getOpenTelemetrySdk();
      Tracing tracing = new Tracing(sdk, exports, new Spool(folder, identity, ".spans"));
      if (!GlobalOpenTelemetry.isSet()) { // so that handlers find it
        GlobalOpenTelemetry.set(sdk);
      }
      return tracing;
    } catch (ConfigurationException wrong) {
      throw new CommandException(
          ExitCode.INVALID_CONFIGURATION, "telemetry.otel.tracing: " + wrong.getMessage(), wrong);
    }
  }

  /** Metrics and logs go other ways; and the queue tries again itself. */
  private static final Map<String, String> OURS =
      Map.of(
          "otel.metrics.exporter", "none",
          "otel.logs.exporter", "none",
          "otel.java.exporter.otlp.retry.disabled", "true");

  /** What the variables say goes before; the SDK's own guesses do not. */
  private static Resource resource(Resource found, PoolIdentity who, ConfigProperties config) {
    AttributesBuilder ours =
        Attributes.builder().put("service.version", who.version()).put("host.name", who.host());
    AttributesBuilder instead = Attributes.builder();
    String name = found.getAttribute(NAME);
    if (name == null || name.startsWith("unknown_service")) {
      instead.put(NAME, who.name());
    }
    if (!config.getMap("otel.resource.attributes").containsKey(INSTANCE.getKey())) {
      instead.put(INSTANCE, who.instance());
    }
    return Resource.create(ours.build()).merge(found).merge(Resource.create(instead.build()));
  }

  /** The reader of the pool's events that makes spans. */
  MessageSpans reader() {
    return spans;
  }

  /** Has Vert.x's own clients make spans where a handler uses them. */
  OpenTelemetryTracingFactory vertxTracing() {
    return new OpenTelemetryTracingFactory(sdk);
  }

  /** How many spans were lost. */
  long dropped() {
    return exports.queue == null ? 0 : exports.queue.dropped();
  }

  /** Fails where something was not acknowledged, and says where it is kept. */
  @Override
  public Future<Void> ending(DrainReport soFar, Duration budget) {
    SpanQueue queue = exports.queue;
    if (queue == null) {
      return Future.succeededFuture();
    }
    Duration most = budget.multipliedBy(SENDING_PERCENT).dividedBy(100);
    return queue
        .end(most.compareTo(LONGEST) < 0 ? most : LONGEST)
        .compose(
            end -> {
              int unsent = end.unsent().size();
              flush = new FlushLine(LINE, end.flushed(), unsent - end.unknown(), end.unknown());
              return unsent == 0 ? Future.succeededFuture() : keep(end.unsent());
            });
  }

  @Override
  public List<FlushLine> flushes() {
    FlushLine known = flush;
    return known == null ? List.of() : List.of(known);
  }

  private Future<Void> keep(List<SpanData> unsent) {
    String what = "telemetry.otel.tracing: " + unsent.size() + " spans not acknowledged";
    return spool
        .keep(List.of(new Batch(PATH, SpanJson.write(unsent))))
        .transform(
            kept ->
                Future.failedFuture(
                    new IOException(
                        kept.succeeded()
                            ? what + "; kept for the next start in " + kept.result()
                            : what + "; not kept: " + kept.cause())));
  }

  /** Delivers what earlier runs have kept; what is not acknowledged stays. Never fails. */
  Future<Void> deliverKept() {
    return spool
        .kept()
        .compose(
            kept -> {
              Future<Void> delivered = Future.succeededFuture();
              for (Map.Entry<Path, List<Batch>> run : kept.entrySet()) {
                delivered = delivered.compose(before -> deliver(run.getKey(), run.getValue()));
              }
              return delivered;
            })
        .recover(
            failure -> {
              LOG.warn("spans of an earlier run are not delivered yet: {}", failure.toString());
              return Future.succeededFuture();
            });
  }

  private Future<Void> deliver(Path file, List<Batch> batches) {
    List<SpanData> all =
        batches.stream().flatMap(batch -> SpanJson.read(batch.body()).stream()).toList();
    return exported(all)
        .compose(acknowledged -> spool.delivered(file))
        .onSuccess(done -> LOG.info("delivered the {} spans kept in {}", all.size(), file));
  }

  private Future<Void> exported(List<SpanData> all) {
    Promise<Void> answered = Promise.promise();
    CompletableResultCode answer = SpanExporter.composite(exports.exporters).export(all);
    answer.whenComplete(
        () -> {
          if (answer.isSuccess()) {
            answered.complete();
          } else {
            answered.fail(new IOException("their receiver did not take them"));
          }
        });
    return answered.future();
  }

  /** Ends the exporters, too. */
  @Override
  public void close() {
    if (exports.queue != null) {
      exports.queue.end(Duration.ZERO);
    }
    exports.exporters.forEach(SpanExporter::shutdown);
  }

  @Override
  public String toString() {
    return "telemetry.otel.tracing";
  }
}
