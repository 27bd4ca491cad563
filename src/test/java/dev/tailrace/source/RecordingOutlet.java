package dev.tailrace.source;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Takes all that comes, and keeps what it was told last of each partition. For one loop. */
class RecordingOutlet implements PolledBatches.Outlet {
  CreditLeft left = CreditLeft.NONE;
  private final List<Delivery> accepted = new ArrayList<>();
  private final Map<String, Boolean> held = new TreeMap<>();

  /** What came in, in that order. */
  final List<Delivery> accepted() {
    return accepted;
  }

  /** The sources that are to be read no further for now. */
  final Set<String> held() {
    return those(true);
  }

  /** The sources that may flow. */
  final Set<String> flowing() {
    return those(false);
  }

  private Set<String> those(boolean wish) {
    return held.entrySet().stream()
        .filter(each -> each.getValue() == wish)
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public void accept(List<Delivery> batch) {
    accepted.addAll(batch);
  }

  @Override
  public void flow(Map<Partition, Boolean> wishes) {
    wishes.forEach((partition, wish) -> held.put(partition.source(), wish));
  }

  @Override
  public void left(CreditLeft credit) {
    left = credit;
  }

  @Override
  public Future<Boolean> reread(Partition partition, long offset) {
    throw new AssertionError(partition + " is read again at " + offset);
  }

  @Override
  public void restarted(Partition partition, long offset) {
    throw new AssertionError(partition + " restarted at " + offset);
  }
}
