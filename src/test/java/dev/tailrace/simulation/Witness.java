package dev.tailrace.simulation;

import dev.tailrace.dispatch.Order;
import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sees every call of every handler, of all consumers, and knows what must not happen. */
final class Witness {
  private final Order order;
  private final Map<Object, Origin> running = new HashMap<>();
  private final Map<Object, Origin> lastDone = new HashMap<>();
  private final Set<Origin> done = new HashSet<>();
  private final Map<Origin, Integer> failures = new HashMap<>();

  Witness(Order order) {
    this.order = order;
  }

  void starts(Message message) {
    Object lane = lane(message);
    if (lane == null) {
      return;
    }
    Origin other = running.put(lane, message.origin());
    if (other != null) {
      throw new AssertionError(message + " started while " + other + " of its lane runs");
    }
    Origin last = lastDone.get(lane);
    if (last != null && last.compareTo(message.origin()) > 0 && !done.contains(message.origin())) {
      throw new AssertionError(message + " started after " + last + " of its lane was done");
    }
  }

  void ends(Message message, boolean isDone) {
    Object lane = lane(message);
    if (lane != null) {
      running.remove(lane);
    }
    if (!isDone) {
      failures.merge(message.origin(), 1, Integer::sum);
      return;
    }
    if (lane != null) {
      lastDone.put(lane, message.origin());
    }
    if (!done.add(message.origin())) {
      throw new AssertionError(message + " was done twice");
    }
  }

  int done() {
    return done.size();
  }

  int failures(Message message) {
    return failures.getOrDefault(message.origin(), 0);
  }

  private @Nullable Object lane(Message message) {
    return switch (order) {
      case KEY -> message.key();
      case PARTITION -> message.origin().source();
      case UNORDERED -> null;
    };
  }
}
