package dev.tailrace.source;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tells by ids which partitions are read of a topic that was deleted and made anew since: whoever
 * goes on there as if nothing had happened passes over what was written below its position. Belongs
 * to its loop.
 */
public final class TopicIdentities {
  private final Map<String, UUID> ids = new HashMap<>(); // event loop only; by topic
  private final Set<String> changed = new HashSet<>(); // event loop only; topics made anew
  private final Map<Partition, UUID> read = new HashMap<>(); // event loop only; what is read there
  private final Map<String, UUID> held =
      new HashMap<>(); // event loop only; by partition, committed
  private final Map<Partition, UUID> begun = new HashMap<>(); // event loop only; when it started
  private final Set<Partition> resumed = new HashSet<>(); // event loop only; no id is known yet
  private final Set<Partition> confirmed = new HashSet<>(); // event loop only; no id is known yet

  /**
   * Partitions go on here. Of a topic that was made anew a position may be that of the old one,
   * which the broker forgets some time after the topic; also where positions restarted since the
   * end was passed, and what is committed lies below that. A position that says itself that it is
   * of this topic is believed, whoever has committed it. The id that a point tells was asked for
   * before the positions were: however often the topic is made anew from there until the first
   * answer, that one is of another id.
   */
  public void started(List<StartingPoint> points) {
    for (StartingPoint point : points) {
      UUID id = point.logId();
      if (id != null) {
        begun.put(point.partition(), id);
      }
      if (id != null && point.isResumed() && id.equals(saidOf(point.committed()))) {
        read.put(point.partition(), id);
        held.put(point.partition().source(), id);
      } else if (point.isResumed() || point.start() > 0) {
        resumed.add(point.partition());
      }
    }
  }

  private static @Nullable UUID saidOf(@Nullable Position committed) {
    return committed == null
        ? null
        : PositionMetadata.decode(committed.offset(), committed.metadata())
            .metadata()
            .flatMap(PositionMetadata::logId)
            .orElse(null);
  }

  /**
   * The broker holds a position of what is read there. Before that it may hold the one of the old
   * topic, whatever was begun in the new one.
   */
  public void committed(Partition partition) {
    UUID known = read.get(partition);
    if (known == null) {
      confirmed.add(partition);
    } else {
      held.put(partition.source(), known);
    }
  }

  /** The topic has this id; returns whether it is another one than it was. */
  public boolean there(String topic, UUID id) {
    UUID known = ids.put(topic, id);
    boolean another = known != null && !known.equals(id);
    if (another) {
      changed.add(topic);
    }
    return another;
  }

  /** Nothing is kept of a topic. */
  public void forget(String topic) {
    held.keySet().removeIf(partition -> partition.startsWith(topic + "/"));
    ids.remove(topic);
  }

  /** These are assigned now, and no others. */
  public void assigned(Collection<Partition> now) {
    read.keySet().retainAll(now);
    begun.keySet().retainAll(now);
    resumed.retainAll(now);
    confirmed.retainAll(now);
  }

  /**
   * Whether an assigned partition has to begin anew, at the oldest message: what is read there, or
   * the position where it was resumed, is of another topic than the one with this id.
   *
   * @param topic of the partition, which {@link #there} was told of with the same id
   */
  public boolean isRemade(Partition partition, String topic, UUID id) {
    UUID known = read.getOrDefault(partition, begun.remove(partition));
    boolean old =
        resumed.remove(partition)
            && changed.contains(topic)
            && !id.equals(held.get(partition.source()));
    boolean remade = old || (known != null && !known.equals(id));
    if (remade) {
      changed.add(topic);
      read.remove(partition);
    } else {
      read.put(partition, id);
    }
    if (confirmed.remove(partition) && !remade) {
      held.put(partition.source(), id);
    }
    return remade;
  }
}
