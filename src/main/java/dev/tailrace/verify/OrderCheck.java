package dev.tailrace.verify;

import dev.tailrace.observe.EventRecord;
import dev.tailrace.verify.Expectations.Order;
import dev.tailrace.verify.Findings.Plot;
import dev.tailrace.verify.ProcessReading.Flight;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * P3, within one owner: a message starts only when no other of its lane runs or waits for its next
 * attempt, and behind those that started before it.
 */
final class OrderCheck {
  private final History history;
  private final Findings findings;
  private final Expectations expectations;
  private final Set<String> unordered = new TreeSet<>();
  private final Set<String> observed = new TreeSet<>();

  OrderCheck(History history, Findings findings, Expectations expectations) {
    this.history = history;
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

  void started(EventRecord event, Ownership ownership, Flight flight) {
    Lane lane = lane(event, ownership);
    if (lane == null || lane.holder() == flight.message()) {
      return;
    }
    int holder = lane.holder();
    int before = lane.lastMessage();
    boolean behind = lane.start(flight.message(), flight.position(), flight.received());
    if (before >= 0) {
      observed.add(ownership.source().pipeline());
      findings.exercised(Guarantee.P3);
    }
    if (holder >= 0) {
      broken(event, holder, " started while " + history.print(holder) + " held its lane");
    } else if (!behind) {
      broken(event, before, " started after " + history.print(before) + ", which is behind it");
    }
  }

  void ended(EventRecord event, Ownership ownership, int message) {
    Lane lane = lane(event, ownership);
    if (lane != null) {
      lane.end(message);
    }
  }

  private @Nullable Lane lane(EventRecord event, Ownership ownership) {
    Order order = expectations.orderOf(ownership.source().pipeline());
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
    return ownership.lanes().computeIfAbsent(name, absent -> new Lane());
  }

  private void broken(EventRecord event, int other, String how) {
    String pipeline = String.valueOf(event.pipeline());
    if (expectations.orderOf(pipeline) == null) {
      unordered.add(pipeline);
      return;
    }
    String msg = String.valueOf(event.msg());
    findings.broken(
        Guarantee.P3, msg + how, new Plot(pipeline, List.of(history.print(other), msg), List.of()));
  }
}
