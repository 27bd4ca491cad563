package dev.tailrace.dispatch;

import dev.tailrace.message.Fence;
import dev.tailrace.observe.KeyHash;
import dev.tailrace.processing.Flight;
import dev.tailrace.runtime.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Names what drains left behind, the first hundred. Event loop only. */
final class Abandonments {
  private static final int MOST_NAMED = 100;
  private static final int MOST_FRAMES = 20;

  private final Loop loop;
  private final List<LeftBehind> named = new ArrayList<>();

  Abandonments(Loop loop) {
    this.loop = loop;
  }

  List<LeftBehind> named() {
    return named;
  }

  void add(Entry entry, String stage) {
    if (named.size() < MOST_NAMED) {
      named.add(describe(entry, stage));
    }
  }

  private LeftBehind describe(Entry entry, String stage) {
    Flight flight = entry.flight;
    List<String> stack =
        flight == null
            ? List.of()
            : flight.stack().stream().limit(MOST_FRAMES).map(StackTraceElement::toString).toList();
    return new LeftBehind(
        entry.pipeline(),
        entry.position().source(),
        entry.position().position(),
        entry.epoch(),
        KeyHash.of(entry.message().key()),
        entry.attempt(),
        stage,
        flight == null ? "" : flight.fence().map(Fence::claimId).orElse(""),
        Duration.ofNanos(loop.nanos() - entry.receivedNanos).toMillis(),
        stack);
  }
}
