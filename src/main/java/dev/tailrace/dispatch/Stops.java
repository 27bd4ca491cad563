package dev.tailrace.dispatch;

import dev.tailrace.processing.Flight;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Timer;
import dev.tailrace.source.Partition;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stops under way in one dispatcher: one per revocation, pause or drain. Event loop only. */
final class Stops {
  private final Loop loop;
  private final Holdings holdings;
  private final Releases releases;
  private final Abandonments abandonments;
  private final Runnable freed;
  private final List<Stop> active = new ArrayList<>();
  private boolean draining;

  /** One call of quiesce. */
  private record Stop(
      Scope scope, QuiescePlan plan, long began, Promise<Quiesced> done, List<Timer> timers) {
    boolean forbidsStart() {
      return !plan.runsToTheEnd();
    }
  }

  /**
   * Makes it.
   *
   * @param freed called when a stop may have freed permits that others wait for
   */
  Stops(
      Loop loop, Holdings holdings, Releases releases, Abandonments abandonments, Runnable freed) {
    this.freed = freed;
    this.loop = loop;
    this.holdings = holdings;
    this.releases = releases;
    this.abandonments = abandonments;
  }

  Future<Quiesced> begin(Scope scope, QuiescePlan plan) {
    Stop stop = new Stop(scope, plan, loop.nanos(), Promise.promise(), new ArrayList<>(3));
    active.add(stop);
    if (stop.forbidsStart()) {
      draining |= scope.isAll();
      limitFlights(stop);
      releases.releaseRetries(scope, "stopping");
      at(stop, plan.startFor(), () -> releases.releaseWaiting(scope, "stopping"));
      at(stop, plan.cancelAfter(), () -> releases.cancelFlights(scope, plan.reason()));
      at(stop, plan.leaveAfter(), () -> releases.leaveFlights(scope, plan.leave()));
    }
    check();
    freed.run();
    return stop.done().future();
  }

  private void at(Stop stop, @Nullable Duration delay, Runnable step) {
    if (delay == null) {
      return;
    }
    if (delay.isZero()) {
      step.run();
      return;
    }
    Runnable timed =
        () -> {
          step.run();
          check();
          freed.run();
        };
    stop.timers().add(loop.after(delay, timed));
  }

  /** Completes the stops whose scope has come to rest. */
  void check() {
    if (active.isEmpty()) {
      return;
    }
    for (Stop stop : List.copyOf(active)) {
      if (holdings.isEmpty(stop.scope())) {
        complete(stop);
      }
    }
  }

  private void complete(Stop stop) {
    if (active.remove(stop)) {
      stop.timers().forEach(Timer::cancel);
      stop.done().complete(new Quiesced(abandonments.named()));
    }
  }

  void endPause() {
    List.copyOf(active).stream().filter(stop -> !stop.forbidsStart()).forEach(this::complete);
  }

  /** Whether a drain has begun: what arrives now is not received. */
  boolean isDraining() {
    return draining;
  }

  /** Whether messages of the partition go back instead of running again or coming in. */
  boolean covers(Partition partition) {
    if (draining) {
      return true;
    }
    for (Stop stop : active) {
      if (stop.forbidsStart() && stop.scope().covers(partition)) {
        return true;
      }
    }
    return false;
  }

  /** Tells a flight that begins now how long it has, where a stop covers it. */
  void limit(Entry entry, Flight flight) {
    for (Stop stop : active) {
      if (stop.scope().covers(entry.home.partition)) {
        limit(stop, flight);
      }
    }
  }

  private void limitFlights(Stop stop) {
    for (Entry entry : holdings.airborne.in(stop.scope())) {
      if (entry.flight != null) {
        limit(stop, entry.flight);
      }
    }
  }

  private static void limit(Stop stop, Flight flight) {
    Duration cancelAfter = stop.plan().cancelAfter();
    if (cancelAfter != null) {
      flight.limit(stop.began() + cancelAfter.toNanos(), stop.scope().isAll());
    }
  }
}
