package dev.tailrace.redis;

import dev.tailrace.idempotency.StoreMemory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** All that a store told of what it remembers. */
final class RecordedMemory implements StoreMemory {
  final List<Long> moments = new CopyOnWriteArrayList<>();
  final List<Gap> gaps = new CopyOnWriteArrayList<>();
  final List<String> losses = new CopyOnWriteArrayList<>();

  /** A time of which what was written may be gone. */
  record Gap(long from, long to) {}

  @Override
  public void remembers(long since) {
    moments.add(since);
  }

  @Override
  public void forgot(long from, long to) {
    gaps.add(new Gap(from, to));
  }

  @Override
  public void lost(String inWords) {
    losses.add(inWords);
  }
}
