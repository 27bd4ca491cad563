package dev.tailrace.source;

import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;

/**
 * Where positions are committed. Called in turns of the consumer's loop, one call at a time; its
 * futures may complete on any thread, and must complete: the target bounds each call. A failed
 * future, or a partition that is missing in the answer, means unknown.
 */
public interface CommitTarget {
  /**
   * Commits positions.
   *
   * @return per partition: ok; failed, where it was refused and nothing is written, with {@link
   *     MetadataTooLargeException} where its metadata is the reason, and with {@link
   *     NotOwnedException} where its epoch has ended; or unknown
   */
  Future<Map<Partition, Reply<Void>>> commit(Map<Partition, Position> positions);

  /**
   * Reads what is committed.
   *
   * @return per partition the position that the broker holds; one with offset -1 where it holds
   *     none; failed with {@link NotOwnedException} where its epoch has ended
   */
  Future<Map<Partition, Reply<Position>>> readBack(Set<Partition> partitions);

  /** The broker has confirmed a position of this epoch; told in a turn of the consumer's loop. */
  default void confirmed(Partition partition) {}
}
