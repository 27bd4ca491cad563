package dev.tailrace.sink;

import java.util.List;

/**
 * Some letters that go on together. Immutable.
 *
 * @param handled all that were read for it, also those that go nowhere
 * @param sent those of them that go on
 */
record ReplayChunk(List<DeadLetter> handled, List<Leaving> sent) {
  ReplayChunk {
    handled = List.copyOf(handled);
    sent = List.copyOf(sent);
  }

  /** A letter and where it goes. */
  record Leaving(DeadLetter letter, SinkFactory to) {}
}
