package dev.tailrace.verify;

import dev.tailrace.observe.EventRecord;
import dev.tailrace.verify.Expectations.Order;
import dev.tailrace.verify.Findings.Plot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * P3: a message starts only when no other of its lane runs or waits for its next attempt, behind
 * those that started before it, and not where one before it went back unfinished. Across owners:
 * what a partition's next owner begins with was at rest when it was handed over.
 */
final class OrderCheck {
  /** Lanes remembered though nothing of them is in hand, so that memory stays flat. */
  private static final int MOST_IDLE = 50_000;

  private final Findings findings;
  private final Expectations expectations;
  private final Set<String> unordered = new TreeSet<>();
  private final Set<String> observed = new TreeSet<>();
  private final Map<Lane, Ownership> idle = new LinkedHashMap<>();

  OrderCheck(Findings findings, Expectations expectations) {
    this.findings = findings;
    this.expectations = expectations;
  }

  /** Pipelines whose keys kept no order, of which nothing was expected. */
  Set<String> unordered() {
    return unordered;
  }

  /** Pipelines in which a lane had more than one message, and all kept their order. */
  Set<String> ordered() {
    Set<String> kept = new TreeSet<>(observed);
    kept.removeAll(unordered);
    return kept;
  }

  void received(EventRecord event, Held held) {
    Lane lane = lane(event, held.ownership());
    if (lane == null) {
      return;
    }
    held.lane = lane;
    lane.enter();
    idle.remove(lane);
    long highest = held.ownership().highestReceived();
    if (held.position().isOffset() && held.position().major() < highest) {
      String after = held.ownership().source().source() + "@" + highest;
      broken(held, after, " was received after " + after + ", which is behind it");
    }
  }

  void started(Held held) {
    Lane lane = held.lane;
    if (lane == null || lane.holder() == held) {
      return;
    }
    Held holder = lane.holder();
    Held before = lane.last();
    Held returned = lane.returned();
    lane.start(held);
    if (before != null) {
      observed.add(held.ownership().source().pipeline());
      findings.exercised(Guarantee.P3);
    }
    if (holder != null) {
      broken(held, holder.printed(), " started while " + holder.printed() + " held its lane");
    } else if (before != null && !Lane.isBehind(held, before)) {
      broken(held, before.printed(), " started after " + before.printed() + ", which is behind it");
    } else if (returned != null && Lane.isBehind(held, returned)) {
      broken(
          held,
          returned.printed(),
          " started though " + returned.printed() + " before it had gone back unfinished");
    }
  }

  void ended(Held held, boolean finished) {
    Lane lane = held.lane;
    if (lane != null && lane.leave(held, finished)) {
      idle.put(lane, held.ownership());
      if (idle.size() > MOST_IDLE) {
        Map.Entry<Lane, Ownership> eldest = idle.entrySet().iterator().next();
        eldest.getValue().lanes().remove(eldest.getKey().name());
        idle.remove(eldest.getKey());
      }
    }
  }

  /** The log of a process has ended, and with it all lanes. */
  void processEnded() {
    idle.clear();
  }

  /** A partition is handed over in order, and this message still runs, and nobody said so. */
  void handedOver(Held held) {
    if (held.lane != null && !held.has(Leg.LATE)) {
      findings.exercised(Guarantee.P3);
      broken(held, held.printed(), " still ran when its partition was handed over in order");
    }
  }

  /** The order that a pipeline must keep; null where nothing is known. */
  private @Nullable Order orderOf(Ownership ownership) {
    String pipeline = ownership.source().pipeline();
    Order expected = expectations.orderOf(pipeline);
    if (expected != null) {
      return expected;
    }
    Configured configured = ownership.process().configured(pipeline);
    return configured == null ? null : configured.order();
  }

  private @Nullable Lane lane(EventRecord event, Ownership ownership) {
    Order order = orderOf(ownership);
    String name;
    if (order == Order.UNORDERED) {
      return null;
    } else if (order == Order.PARTITION) {
      name = "";
    } else if (event.key() == null) {
      return null; // a lane of its own, or a log without keys
    } else {
      name = event.key();
    }
    return ownership.lanes().computeIfAbsent(name, Lane::new);
  }

  private void broken(Held held, String other, String how) {
    String pipeline = held.ownership().source().pipeline();
    if (orderOf(held.ownership()) == null) {
      unordered.add(pipeline);
      return;
    }
    String msg = held.printed();
    findings.broken(Guarantee.P3, msg + how, new Plot(pipeline, List.of(other, msg), List.of()));
  }
}
