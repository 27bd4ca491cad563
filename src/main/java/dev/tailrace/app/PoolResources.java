package dev.tailrace.app;

import dev.tailrace.lifecycle.Resource;
import dev.tailrace.lifecycle.ResourceGraph;
import dev.tailrace.lifecycle.ResourceGraph.Stopped;
import dev.tailrace.runtime.Loop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * What a pool has besides its consumers: telemetry, and servers. They start once, and not any more
 * when they have been stopped. Control loop only.
 */
final class PoolResources {
  private static final Duration ROLLBACK = Duration.ofSeconds(5);

  private final List<Resource> telemetry;
  private final List<Resource> shared;
  private final List<Resource> servers;
  private Future<Void> telemetryStarted = Future.succeededFuture(); // control loop only
  private Future<Void> sharedStarted = Future.succeededFuture(); // control loop only
  private Future<Void> serversStarted = Future.succeededFuture(); // control loop only

  /**
   * Not started yet.
   *
   * @param shared what users added for all pipelines
   */
  PoolResources(List<Resource> telemetry, List<Resource> shared, List<Resource> servers) {
    this.telemetry = telemetry;
    this.shared = shared;
    this.servers = servers;
  }

  /**
   * Telemetry, then what pipelines share, then servers; what was started is taken back by the drain
   * that follows a failure.
   *
   * @param goOn asked before each: false where a drain has begun meanwhile
   */
  Future<Void> start(Loop loop, BooleanSupplier goOn) {
    telemetryStarted = start(loop, telemetry, goOn);
    return telemetryStarted
        .compose(
            ready -> {
              sharedStarted = start(loop, shared, goOn);
              return sharedStarted;
            })
        .compose(
            ready -> {
              serversStarted = start(loop, servers, goOn);
              return serversStarted;
            });
  }

  private static Future<Void> start(Loop loop, List<Resource> resources, BooleanSupplier goOn) {
    return goOn.getAsBoolean()
        ? new ResourceGraph(loop, resources).start(ROLLBACK)
        : Future.failedFuture(new CancellationException("stopped before it ran"));
  }

  Future<String> stopTelemetry(Loop loop, Duration budget) {
    return stop(loop, telemetry, telemetryStarted, budget);
  }

  boolean shares() {
    return !shared.isEmpty();
  }

  /** Completes with a line for each that did not stop in order; never fails. */
  Future<List<String>> stopShared(Loop loop, Duration budget) {
    assert loop.inLoop();
    return stopped(loop, shared, sharedStarted, budget)
        .map(all -> all.stream().filter(one -> !one.clean()).map(PoolResources::complaint).toList())
        .otherwise(refused -> List.of("shared resources were not stopped: " + refused));
  }

  private static String complaint(Stopped one) {
    return one.name()
        + (one.overran() ? " did not stop in time" : " failed to stop: " + one.failure());
  }

  Future<String> stopServers(Loop loop, Duration budget) {
    return stop(loop, servers, serversStarted, budget);
  }

  /** What is just starting is stopped as soon as it has, or else it would be left behind. */
  private static Future<String> stop(
      Loop loop, List<Resource> resources, Future<Void> started, Duration budget) {
    return stopped(loop, resources, started, budget).compose(PoolResources::told);
  }

  private static Future<List<Stopped>> stopped(
      Loop loop, List<Resource> resources, Future<Void> started, Duration budget) {
    long end = loop.nanos() + budget.toNanos();
    return started.transform(
        any ->
            new ResourceGraph(loop, resources)
                .stop(Duration.ofNanos(Math.max(0, end - loop.nanos()))));
  }

  /** Fails, with all names, where one did not stop in order. */
  private static Future<String> told(List<Stopped> stopped) {
    List<Stopped> unclean = stopped.stream().filter(one -> !one.clean()).toList();
    if (unclean.isEmpty()) {
      return Future.succeededFuture(
          stopped.stream().map(Stopped::name).collect(Collectors.joining(", ")));
    }
    IllegalStateException failure =
        new IllegalStateException(
            "not stopped in order: "
                + unclean.stream().map(Stopped::name).collect(Collectors.joining(", ")));
    for (Stopped one : unclean) {
      if (one.failure() != null) {
        failure.addSuppressed(one.failure());
      }
    }
    return Future.failedFuture(failure);
  }
}
