package dev.tailrace.dispatch;

import dev.tailrace.source.Partition;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a quiescence covers: everything, or some partitions. Immutable. */
public final class Scope {
  private static final Scope ALL = new Scope(null);

  private final @Nullable Set<Partition> partitions;

  private Scope(@Nullable Set<Partition> partitions) {
    this.partitions = partitions;
  }

  /** Everything the dispatcher holds. */
  public static Scope all() {
    return ALL;
  }

  /** What came from these partitions. */
  public static Scope partitions(Collection<Partition> partitions) {
    return new Scope(new LinkedHashSet<>(partitions));
  }

  boolean isAll() {
    return partitions == null;
  }

  boolean covers(Partition partition) {
    return partitions == null || partitions.contains(partition);
  }
}
