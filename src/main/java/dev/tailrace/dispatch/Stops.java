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
  private final Starts starts;
  private final List<Stop> active = new ArrayList<>();
  private boolean draining;

  /** How often it is asked anew whether buffered work still fits. */
  private static final Duration LOOK = Duration.ofMillis(100);

  /** What a stop has to do with messages that start. */
  interface Starts {
    /** A stop may have freed permits that others wait for. */
    void freed();

    /** How long one that started now would be likely to take at most. */
    Duration longest();
  }

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
   * @param starts of messages
   */
  Stops(Loop loop, Holdings holdings, Releases releases, Abandonments abandonments, Starts starts) {
    this.starts = starts;
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
      if (plan.asLongAsItFits()) {
        startWhileItFits(stop);
      }
      at(stop, plan.cancelAfter(), () -> releases.cancelFlights(scope, plan.reason()));
      at(stop, plan.leaveAfter(), () -> releases.leaveFlights(scope, plan.leave()));
    }
    check();
    starts.freed();
    return stop.done().future();
  }

  /** Once one does not fit, none does any more: time only passes. */
  private void startWhileItFits(Stop stop) {
    Duration cancelAfter = stop.plan().cancelAfter();
    if (cancelAfter == null || !active.contains(stop)) {
      return;
    }
    Duration left = cancelAfter.minusNanos(loop.nanos() - stop.began());
    Duration spare = left.minus(starts.longest());
    if (spare.isNegative() || spare.isZero()) {
      releases.releaseWaiting(stop.scope(), "would not end before the tail");
      check();
      starts.freed();
      return;
    }
    loop.after(spare.compareTo(LOOK) < 0 ? spare : LOOK, () -> startWhileItFits(stop));
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
          starts.freed();
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

  /** Whether a drain or a revocation is under way: what may still start starts now. */
  boolean isHurried() {
    return draining || active.stream().anyMatch(Stop::forbidsStart);
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
