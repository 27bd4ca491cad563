package dev.tailrace.app;

import dev.tailrace.observe.EventKind;
import dev.tailrace.observe.EventReader;
import dev.tailrace.observe.EventRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who owned which partition when, by the event logs of processes whose monotonic clock is one. For
 * one thread.
 */
final class Handovers {
  /**
   * A partition that went from one owner to the next, or back to the same.
   *
   * @param source which
   * @param freeNanos since when nobody owned it: its owner had committed and given it up
   * @param ownedNanos since when the next owner knows where it goes on
   * @param owner whose it is now
   * @param beginNanos since when the process of that owner runs
   */
  record Handover(String source, long freeNanos, long ownedNanos, String owner, long beginNanos) {
    /** How long nobody owned it. */
    Duration unowned() {
      return Duration.ofNanos(ownedNanos - freeNanos);
    }

    /** The same without the time in which the process of the new owner did not run yet. */
    Duration beyondRestart() {
      return Duration.ofNanos(ownedNanos - Math.max(freeNanos, beginNanos));
    }
  }

  private record Move(EventRecord event, long beginNanos, boolean leaving) {}

  private final List<Move> moves = new ArrayList<>();
  private final List<Handover> all = new ArrayList<>();
  private final Map<String, EventRecord> owners = new HashMap<>(); // by partition
  private final Map<String, Long> free = new HashMap<>(); // since when, by partition
  private final long sinceNanos;
  private int overlaps;
  private int disturbances;

  private Handovers(long sinceNanos) {
    this.sinceNanos = sinceNanos;
  }

  /**
   * Reads the logs of all members; of one that is still written, what is there.
   *
   * @param sinceNanos of what happened earlier nothing is counted
   */
  static Handovers read(List<Path> logs, long sinceNanos) throws IOException {
    Handovers handovers = new Handovers(sinceNanos);
    for (Path log : logs) {
      EventReader.read(log, handovers.new Reading()::accept);
    }
    handovers.moves.sort(Comparator.comparingLong(move -> move.event().monoNanos()));
    handovers.moves.forEach(handovers::move);
    return handovers;
  }

  /** The moves of one process. */
  private final class Reading {
    private @Nullable EventRecord first;
    private boolean leaving;

    private void accept(EventRecord event) {
      EventRecord begin = first == null ? event : first;
      first = begin;
      switch (event.ev()) {
        case DRAIN_BEGIN -> leaving = true;
        case ASSIGNED, REVOKED, LOST -> moves.add(new Move(event, begin.monoNanos(), leaving));
        default -> {}
      }
    }
  }

  private void move(Move move) {
    EventRecord event = move.event();
    String source = String.valueOf(event.source());
    boolean counted = event.monoNanos() - sinceNanos >= 0;
    if (event.ev() == EventKind.ASSIGNED) {
      Long since = free.remove(source);
      EventRecord before = owners.put(source, event);
      overlaps += counted && before != null ? 1 : 0;
      if (since != null && counted) {
        all.add(new Handover(source, since, event.monoNanos(), event.proc(), move.beginNanos()));
      }
      return;
    }
    disturbances += counted && !move.leaving() ? 1 : 0;
    EventRecord owner = owners.get(source);
    if (owner != null && owner.inc().equals(event.inc())) {
      owners.remove(source);
      free.put(source, event.monoNanos());
    }
  }

  /** In the order in which they ended. */
  List<Handover> all() {
    return all;
  }

  /** How often a partition was assigned while another still owned it. */
  int overlaps() {
    return overlaps;
  }

  /** How often a partition was taken from a process that was not leaving. */
  int disturbances() {
    return disturbances;
  }

  /** How many partitions each process owns in the end, by its name. */
  Map<String, Integer> owned() {
    Map<String, Integer> owned = new HashMap<>();
    owners.values().forEach(event -> owned.merge(event.proc(), 1, Integer::sum));
    return owned;
  }
}
