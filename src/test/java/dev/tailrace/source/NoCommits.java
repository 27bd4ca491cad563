package dev.tailrace.source;

import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;

/** Where nothing is to be committed, nor asked for. */
final class NoCommits implements CommitTarget {
  @Override
  public Future<Map<Partition, Reply<Void>>> commit(Map<Partition, Position> positions) {
    throw new AssertionError("committed " + positions);
  }

  @Override
  public Future<Map<Partition, Reply<Position>>> readBack(Set<Partition> partitions) {
    throw new AssertionError("read " + partitions);
  }
}
