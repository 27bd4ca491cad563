package dev.tailrace.cli;

import dev.tailrace.app.DrainWitness;
import dev.tailrace.app.PoolIdentity;
import dev.tailrace.app.PoolStatus;
import dev.tailrace.lifecycle.Resource;
import dev.tailrace.observe.ClientMeters;
import dev.tailrace.observe.EventLog;
import dev.tailrace.observe.EventLogConfig;
import dev.tailrace.observe.EventLogEnvironment;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.PoolMeters;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the process says of itself to machines: meters, traces and the event log. Thread-safe. As a
 * resource it is flushed in the phase {@code flush-telemetry}; it is closed after the drain, whose
 * end is an event too.
 */
final class Telemetry implements Resource, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Telemetry.class);
  private static final Duration LONGEST_CLOSE = Duration.ofMillis(500);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final PoolMeters meters = new PoolMeters(registry);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final @Nullable EventLog log;
  private final @Nullable Tracing tracing;

  private Telemetry(@Nullable EventLog log, @Nullable Tracing tracing) {
    this.log = log;
    this.tracing = tracing;
    if (tracing != null) {
      meters.droppedSpans(tracing, Tracing::dropped);
    }
    collections.bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /**
   * Opens the event log where there is one.
   *
   * @param tracing makes traces; null where there are none
   */
  static Telemetry open(
      PoolIdentity identity, @Nullable EventLogConfig events, @Nullable Tracing tracing) {
    if (events == null) {
      return new Telemetry(null, tracing);
    }
    EventLogEnvironment environment =
        new EventLogEnvironment(
            identity.instance(),
            identity.incarnation(),
            System::nanoTime,
            System::currentTimeMillis,
            task -> {
              Thread thread = new Thread(task, "tailrace-event-log");
              thread.setDaemon(true);
              thread.start();
            });
    try {
      return new Telemetry(EventLog.open(events, environment), tracing);
    } catch (IOException failure) {
      throw new CommandException(
          ExitCode.FAILURE,
          "events.file: cannot write " + events.file() + ": " + failure.getMessage(),
          failure);
    }
  }

  /** A Vert.x whose metrics are on the same page, and whose clients make spans where there are. */
  Vertx vertx() {
    VertxBuilder builder =
        Vertx.builder()
            .with(
                EventLoops.options()
                    .setMetricsOptions(new MicrometerMetricsOptions().setEnabled(true)))
            .withMetrics(new MicrometerMetricsFactory(registry));
    return tracing == null ? builder.build() : builder.withTracer(tracing.vertxTracing()).build();
  }

  /** The readers of the pool's events. */
  List<PoolEvents> readers() {
    List<PoolEvents> readers = new ArrayList<>();
    readers.add(meters);
    if (log != null) {
      readers.add(log);
    }
    if (tracing != null) {
      readers.add(tracing.reader());
    }
    return readers;
  }

  /**
   * Sends the last traces of a drain, or keeps them; what earlier runs kept is delivered meanwhile.
   */
  Optional<DrainWitness> witness() {
    if (tracing != null) {
      tracing.deliverKept();
    }
    return Optional.ofNullable(tracing);
  }

  /** Where the clients of brokers show what they count: on the same page, too. */
  ClientMeters clientMeters() {
    return ClientMeters.into(registry);
  }

  /** Shows how long the drain of the last incarnation took. */
  void lastDrain(Duration duration) {
    meters.previousDrain(duration);
  }

  /** The metrics page; see {@link dev.tailrace.admin.Scrape}. */
  String page(PoolStatus status) {
    return meters.scrape(status.meterSnapshot(), registry::scrape);
  }

  /**
   * What is left to say at the end.
   *
   * @param status brings the meters up to date; null where there is none
   */
  Future<List<LastTelemetry.Signal>> last(@Nullable PoolStatus status, LastTelemetry telemetry) {
    if (status != null) {
      meters.scrape(status.meterSnapshot(), () -> "");
    }
    return Future.succeededFuture(telemetry.signals(registry));
  }

  @Override
  public String name() {
    return "telemetry";
  }

  @Override
  public Future<Void> stop(Duration deadline) {
    return log == null ? Future.succeededFuture() : log.flush();
  }

  /** Closes the event log, waiting for the disk for a short time. */
  @Override
  public void close() {
    if (log != null) {
      try {
        log.close()
            .toCompletionStage()
            .toCompletableFuture()
            .get(LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException late) {
        LOG.warn("the event log is not whole", late);
      } catch (InterruptedException urged) {
        Thread.currentThread().interrupt();
      }
    }
    if (tracing != null) {
      tracing.close();
    }
    collections.close();
    registry.close();
  }
}
