package dev.tailrace.kafka;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;

/** How a group divides its partitions; all its members must agree. */
public enum Assignor {
  /** Moves as few partitions as it can, and the others go on meanwhile. */
  COOPERATIVE_STICKY(CooperativeStickyAssignor.class),
  /** The client's own default; every rebalance revokes everything. */
  RANGE(RangeAssignor.class),
  /** One after the other over all topics; every rebalance revokes everything. */
  ROUNDROBIN(RoundRobinAssignor.class),
  /** Moves as few partitions as it can; every rebalance revokes everything. */
  STICKY(StickyAssignor.class);

  private final Class<? extends ConsumerPartitionAssignor> implementation;

  Assignor(Class<? extends ConsumerPartitionAssignor> implementation) {
    this.implementation = implementation;
  }

  Class<? extends ConsumerPartitionAssignor> implementation() {
    return implementation;
  }

  /** As written in the configuration: {@code cooperative-sticky}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(Assignor::label).toList();
  }
}
