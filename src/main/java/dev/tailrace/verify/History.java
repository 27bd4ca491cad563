package dev.tailrace.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is kept of a run while it is read: a few words per process and ownership; what is known of
 * messages goes to the sorters.
 */
final class History {
  private final LegSorter byMessage;
  private final LegSorter byKey;
  private final List<SourceHistory> sources = new ArrayList<>();
  private final Map<SourceKey, SourceHistory> sourcesByKey = new HashMap<>();
  private final Map<String, PipelineFacts> pipelines = new TreeMap<>();
  private final Map<String, ProcessHistory> processes = new LinkedHashMap<>();
  private final List<Ownership> ownerships = new ArrayList<>();
  private final Set<Long> unsendable = new HashSet<>(); // hashes of keys

  /** Beyond so many keys whose dead letter was refused, any key is taken for one. */
  private static final int MOST_UNSENDABLE = 100_000;

  private record SourceKey(String pipeline, String source) {}

  /**
   * A time for which a store remembered, by its fences.
   *
   * @param begin from which on
   * @param highest fence that it gave
   */
  private record Memory(long begin, long highest) {
    Memory and(Memory more) {
      return new Memory(Math.min(begin, more.begin), Math.max(highest, more.highest));
    }
  }

  History(LegSorter byMessage, LegSorter byKey) {
    this.byMessage = byMessage;
    this.byKey = byKey;
  }

  /** What was seen of a pipeline anywhere. */
  static final class PipelineFacts {
    private static final long LONGEST_ATTEMPT_MICROS = 60_000_000;

    private boolean claims;
    private final Map<Long, Memory> memories = new HashMap<>(); // by since when they say to be
    private final TreeMap<Long, Long> gaps = new TreeMap<>(); // their begins by their ends
    private boolean storeLoss;
    private boolean reset;
    private final Set<String> topics = new HashSet<>(); // that were made anew

    /** It asks a store. */
    boolean claims() {
      return claims;
    }

    void sawClaim() {
      claims = true;
    }

    /**
     * Whether the store lost what was claimed with one fence before another was given: it is said
     * to remember only from a moment between them on. Where no log says from when on, it is enough
     * that one tells of a loss.
     */
    boolean forgot(long fence, long later) {
      if (memories.isEmpty() || fence <= 0) {
        return storeLoss;
      }
      return beganWithin(fence, later) || isOutOfOrder() || isInGap(fence, later);
    }

    private boolean beganWithin(long after, long last) {
      return memories.values().stream().anyMatch(it -> it.begin > after && it.begin <= last);
    }

    /**
     * Whether what came of a claim may have been written in a time of which the store lost what it
     * wrote, before it gave the later one. No log says when a mark was written, by the store's
     * clock: it is at most {@link #LONGEST_ATTEMPT_MICROS} after its claim.
     */
    private boolean isInGap(long fence, long later) {
      for (Map.Entry<Long, Long> gap : gaps.tailMap(fence, false).entrySet()) {
        if (gap.getKey() <= later && fence + LONGEST_ATTEMPT_MICROS >= gap.getValue()) {
          return true;
        }
      }
      return false;
    }

    /** Whether the store is said to have lost what it knew when it gave the fence. */
    boolean forgot(long fence) {
      return forgot(fence, Long.MAX_VALUE);
    }

    /**
     * Whether its clock went back so far that by fences one memory begins within another: it gave
     * them on both sides of a loss. Then they do not say what came first.
     */
    private boolean isOutOfOrder() {
      return memories.values().stream().anyMatch(it -> beganWithin(it.begin, it.highest));
    }

    /**
     * It gave the fence while it remembered since {@code since}; 0 where that is not known. A fence
     * from before that says that its clock went back since: by fences, the memory begins there.
     */
    void sawFence(long since, long fence) {
      if (since > 0) {
        memories.merge(since, new Memory(Math.min(since, fence), fence), Memory::and);
      }
    }

    /** Since when it remembers, as a process found; in the unit of fences. */
    void sawMemory(long since) {
      memories.putIfAbsent(since, new Memory(since, since));
    }

    /** It may have lost what it wrote after {@code from}, until it began anew at {@code to}. */
    void sawGap(long from, long to) {
      gaps.merge(to, from, Math::min);
    }

    void sawStoreLoss() {
      storeLoss = true;
    }

    /** Some source of it began anew; which one was not said. */
    boolean reset() {
      return reset;
    }

    void sawReset() {
      reset = true;
    }

    /** A topic, or one partition, began anew. */
    void sawReset(String source) {
      topics.add(source);
    }

    private boolean began(String source) {
      int slash = source.lastIndexOf('/');
      return topics.contains(source) || (slash > 0 && topics.contains(source.substring(0, slash)));
    }
  }

  /** The dead letter of a message of that key was refused. */
  void sawUnsendable(Leg.Place place) {
    if (unsendable.size() < MOST_UNSENDABLE) {
      unsendable.add(place.keyHash());
    }
  }

  /** Whether a message of that key went on although its attempts were used up. */
  boolean isUnsendable(Leg.Place place) {
    return unsendable.contains(place.keyHash()) || unsendable.size() == MOST_UNSENDABLE;
  }

  /** Keeps a leg until all is read. */
  void keep(Leg leg) {
    try {
      byMessage.add(leg.pack());
      if (leg.fence() > 0) {
        byKey.add(leg.pack());
      }
    } catch (IOException unwritten) {
      throw new UncheckedIOException(unwritten);
    }
  }

  SourceHistory source(String pipeline, String source) {
    return sourcesByKey.computeIfAbsent(
        new SourceKey(pipeline, source),
        key -> {
          SourceHistory added = new SourceHistory(sources.size(), pipeline, source);
          sources.add(added);
          return added;
        });
  }

  List<SourceHistory> sources() {
    return sources;
  }

  SourceHistory source(Leg leg) {
    return sources.get(leg.place().source());
  }

  PipelineFacts pipeline(String name) {
    return pipelines.computeIfAbsent(name, absent -> new PipelineFacts());
  }

  /** Whether messages of the source repeat because it began anew. */
  boolean wasReset(SourceHistory source) {
    PipelineFacts facts = pipeline(source.pipeline());
    return facts.reset() || facts.began(source.source());
  }

  Map<String, ProcessHistory> processes() {
    return processes;
  }

  Ownership own(ProcessHistory process, SourceHistory source, int epoch) {
    Ownership added = new Ownership(ownerships.size(), process, source, epoch);
    ownerships.add(added);
    source.ownerships().add(added);
    return added;
  }

  List<Ownership> ownerships() {
    return ownerships;
  }

  /** Under which a leg ran. */
  Ownership ownership(Leg leg) {
    return ownerships.get(leg.ownership());
  }

  /** The message as printed, {@code orders/2@57}. */
  String print(Leg leg) {
    return source(leg).source() + "@" + leg.place().position();
  }
}
