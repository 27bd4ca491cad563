package dev.tailrace.redis.store;

import dev.tailrace.idempotency.StoreMemory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** All that a store told of what it remembers. */
public final class RecordedMemory implements StoreMemory {
  final List<Long> moments = new CopyOnWriteArrayList<>();
  public final List<Gap> gaps = new CopyOnWriteArrayList<>();
  public final List<String> losses = new CopyOnWriteArrayList<>();

  /** A time of which what was written may be gone. */
  public record Gap(long from, long to) {}

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
