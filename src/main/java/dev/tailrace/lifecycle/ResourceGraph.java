package dev.tailrace.lifecycle;

import dev.tailrace.runtime.Loop;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resources and what they depend on. Starts each after what it depends on, and stops each after
 * what depends on it; independent ones go in parallel. Belongs to its loop.
 */
public final class ResourceGraph {
  private static final Logger LOG = LoggerFactory.getLogger(ResourceGraph.class);

  private final Loop loop;
  private final Map<String, Resource> resources = new LinkedHashMap<>();
  private final Map<String, List<String>> needs = new LinkedHashMap<>(); // in a fixed order
  private final Map<String, List<String>> dependants = new LinkedHashMap<>();
  private final Map<String, Integer> depths = new LinkedHashMap<>(); // of what must stop after it
  private final Map<String, Future<Void>> started = new LinkedHashMap<>(); // event loop only

  /**
   * How a resource stopped.
   *
   * @param name of the resource
   * @param overran whether its time passed first
   * @param failure why it failed, or null
   */
  public record Stopped(String name, boolean overran, @Nullable Throwable failure) {
    /** Whether it was released in order. */
    public boolean clean() {
      return !overran && failure == null;
    }
  }

  /**
   * Checks the graph.
   *
   * @throws IllegalArgumentException when a name occurs twice or is unknown, or for a cycle, which
   *     is named: {@code a -> b -> a}
   */
  public ResourceGraph(Loop loop, List<Resource> resources) {
    this.loop = loop;
    for (Resource resource : resources) {
      if (this.resources.put(resource.name(), resource) != null) {
        throw new IllegalArgumentException("two resources are named " + resource.name());
      }
      needs.put(resource.name(), inOrder(resource.dependsOn()));
      dependants.put(resource.name(), new ArrayList<>(0));
    }
    for (Resource resource : resources) {
      depth(resource.name(), new ArrayList<>());
      for (String needed : needs(resource.name())) {
        List<String> others = dependants.get(needed);
        if (others != null) {
          others.add(resource.name());
        }
      }
    }
  }

  private static List<String> inOrder(Set<String> names) {
    return names.size() < 2 ? List.copyOf(names) : names.stream().sorted().toList();
  }

  /**
   * Starts all. When one fails, what was started is stopped again, and the future fails with the
   * first failure; others, and those of the way back, are suppressed in it.
   *
   * @param rollback how long the way back may take
   */
  public Future<Void> start(Duration rollback) {
    assert loop.inLoop();
    List<Future<Void>> starts = new ArrayList<>();
    for (String name : resources.keySet()) {
      starts.add(startOne(name));
    }
    return all(starts)
        .recover(
            failure ->
                stop(rollback)
                    .compose(stopped -> Future.failedFuture(withAll(failure, starts, stopped))));
  }

  /**
   * Stops all, started or not; completes with one entry for each and never fails. A resource that
   * hangs costs its share of the time and is named; those it depends on are stopped nevertheless.
   */
  public Future<List<Stopped>> stop(Duration budget) {
    assert loop.inLoop();
    long end = loop.nanos() + budget.toNanos();
    Map<String, Future<Stopped>> stops = new LinkedHashMap<>();
    for (String name : resources.keySet()) {
      stopOne(name, end, stops);
    }
    List<Future<Stopped>> ends = new ArrayList<>(stops.values());
    return Future.join(ends)
        .map(joined -> ends.stream().filter(Future::succeeded).map(Future::result).toList());
  }

  private Future<Void> startOne(String name) {
    Future<Void> under = started.get(name);
    if (under != null) {
      return under;
    }
    List<String> first = needs(name);
    List<Future<Void>> needed = new ArrayList<>(first.size());
    for (String dependency : first) {
      needed.add(startOne(dependency));
    }
    Future<Void> start = all(needed).compose(ready -> onLoop(get(name).start()));
    started.put(name, start);
    return start;
  }

  private Future<Stopped> stopOne(String name, long end, Map<String, Future<Stopped>> stops) {
    Future<Stopped> under = stops.get(name);
    if (under != null) {
      return under;
    }
    List<String> first = dependants.getOrDefault(name, List.of());
    List<Future<Stopped>> before = new ArrayList<>(first.size());
    for (String dependant : first) {
      before.add(stopOne(dependant, end, stops));
    }
    Promise<Stopped> stopped = Promise.promise();
    stops.put(name, stopped.future());
    if (before.isEmpty()) {
      release(name, end, stopped);
    } else {
      Future.join(before).onComplete(gone -> release(name, end, stopped));
    }
    return stopped.future();
  }

  /** Each gets an equal part of the time left for itself and for those that wait for it. */
  private void release(String name, long end, Promise<Stopped> stopped) {
    Duration left = Duration.ofNanos(Math.max(0, end - loop.nanos()));
    Duration part = left.dividedBy(depths.getOrDefault(name, 1));
    Resource resource = get(name);
    Duration share = part.compareTo(resource.budget()) < 0 ? part : resource.budget();
    TimeLimit.await(
        loop,
        () -> resource.stop(share),
        share,
        new TimeLimit.Ends<>(
            result -> stopped.complete(new Stopped(name, false, result.cause())),
            () -> stopped.complete(new Stopped(name, true, null)),
            late -> endedLate(name, late)));
  }

  private static void endedLate(String name, AsyncResult<Void> result) {
    if (result.failed()) {
      LOG.warn("{} failed to stop, after its time had passed", name, result.cause());
    }
  }

  private int depth(String name, List<String> path) {
    if (path.contains(name)) {
      path.add(name);
      throw new IllegalArgumentException(
          "resources depend on themselves: "
              + String.join(" -> ", path.subList(path.indexOf(name), path.size())));
    }
    Integer known = depths.get(name);
    if (known != null) {
      return known;
    }
    path.add(name);
    int depth = 1;
    for (String needed : needs(name)) {
      depth = Math.max(depth, 1 + depth(needed, path));
    }
    path.remove(path.size() - 1);
    depths.put(name, depth);
    return depth;
  }

  private Resource get(String name) {
    return known(name, resources);
  }

  private List<String> needs(String name) {
    return known(name, needs);
  }

  private static <T> T known(String name, Map<String, T> all) {
    T found = all.get(name);
    if (found == null) {
      throw new IllegalArgumentException("there is no resource " + name + " to depend on");
    }
    return found;
  }

  private Future<Void> onLoop(Future<Void> future) {
    if (future.isComplete()) {
      return future;
    }
    Promise<Void> promise = Promise.promise();
    future.onComplete(result -> loop.execute(() -> promise.handle(result)));
    return promise.future();
  }

  private static Future<Void> all(List<Future<Void>> futures) {
    for (Future<Void> future : futures) {
      if (!future.succeeded()) {
        return futures.size() == 1 ? future : Future.join(futures).mapEmpty();
      }
    }
    return Future.succeededFuture();
  }

  /**
   * The failure, with those of the way back suppressed in it or in a new one that stands for it.
   */
  public static Throwable withAll(Throwable failure, List<Stopped> stopped) {
    return withAll(failure, List.of(), stopped);
  }

  /** The failure with all others suppressed in it, as far as they are others. */
  private static Throwable withAll(
      Throwable failure, List<Future<Void>> starts, List<Stopped> stopped) {
    List<Throwable> others = new ArrayList<>();
    for (Future<Void> start : starts) {
      addOther(start.cause(), failure, others);
    }
    for (Stopped one : stopped) {
      addOther(one.failure(), failure, others);
    }
    others.forEach(failure::addSuppressed);
    if (failure.getSuppressed().length >= others.size()) {
      return failure;
    }
    // Vert.x makes failures that keep no suppressed ones; then a new one stands for it.
    Throwable keeping = new IllegalStateException(failure.getMessage(), failure);
    others.forEach(keeping::addSuppressed);
    return keeping;
  }

  private static void addOther(
      @Nullable Throwable other, Throwable failure, List<Throwable> others) {
    if (other != null && other != failure && !others.contains(other)) {
      others.add(other);
    }
  }
}
