package dev.tailrace.app;

import dev.tailrace.lifecycle.Resource;
import dev.tailrace.lifecycle.ResourceGraph;
import dev.tailrace.lifecycle.ResourceGraph.Stopped;
import dev.tailrace.runtime.Loop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** What a pool has besides its consumers: telemetry, and servers. Control loop only. */
final class PoolResources {
  private static final Duration ROLLBACK = Duration.ofSeconds(5);

  private final List<Resource> telemetry;
  private final List<Resource> servers;

  PoolResources(List<Resource> telemetry, List<Resource> servers) {
    this.telemetry = telemetry;
    this.servers = servers;
  }

  /**
   * Telemetry, then servers; what was started is taken back by the drain that follows a failure.
   */
  Future<Void> start(Loop loop) {
    return new ResourceGraph(loop, telemetry)
        .start(ROLLBACK)
        .compose(ready -> new ResourceGraph(loop, servers).start(ROLLBACK));
  }

  Future<String> stopTelemetry(Loop loop, Duration budget) {
    return stop(new ResourceGraph(loop, telemetry), budget);
  }

  Future<String> stopServers(Loop loop, Duration budget) {
    return stop(new ResourceGraph(loop, servers), budget);
  }

  /** Fails, with all names, where one did not stop in order. */
  private static Future<String> stop(ResourceGraph graph, Duration budget) {
    return graph.stop(budget).compose(PoolResources::told);
  }

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
