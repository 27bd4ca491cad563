package dev.tailrace.dispatch;

import dev.tailrace.processing.Landing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Messages that wait for their next attempt without a permit. Retries and snoozes have a ceiling,
 * against which what their lanes hold behind them counts too; a message whose key is claimed
 * elsewhere always finds room, within the bound of the buffer it came from. Event loop only.
 */
final class Parking {
  private final Limits limits;
  private final Map<Entry, Landing.Why> parked = new LinkedHashMap<>();

  Parking(Limits limits) {
    this.limits = limits;
  }

  /** Whether the message may give its permit back while it waits. */
  boolean admits(Entry entry, Landing.Why why) {
    return why == Landing.Why.BUSY || weight() + weight(entry) <= limits.parked();
  }

  void park(Entry entry, Landing.Why why) {
    parked.put(entry, why);
  }

  void unpark(Entry entry) {
    parked.remove(entry);
  }

  List<Entry> in(Scope scope) {
    return parked.keySet().stream().filter(entry -> scope.covers(entry.home.partition)).toList();
  }

  Stream<Entry> stream() {
    return parked.keySet().stream();
  }

  /** How much of the ceiling is taken. */
  int weight() {
    int sum = 0;
    for (Map.Entry<Entry, Landing.Why> each : parked.entrySet()) {
      sum += each.getValue() == Landing.Why.BUSY ? 0 : weight(each.getKey());
    }
    return sum;
  }

  private static int weight(Entry entry) {
    return 1 + (entry.lane == null ? 0 : entry.lane.waiting());
  }
}
