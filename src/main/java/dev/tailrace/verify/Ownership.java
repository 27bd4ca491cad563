package dev.tailrace.verify;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** One process's time with one partition or stream: from an assignment to its end. */
final class Ownership {
  private final int index;
  private final ProcessHistory process;
  private final SourceHistory source;
  private final int epoch;
  private long assigned = -1;
  private boolean announced;
  private long committed = -1;
  private long committedSeq;
  private long held = -1;
  private long heldSeq;
  private boolean readBack;
  private long highestReceived = -1;
  private long highestSettled = -1;
  private boolean uncommitted;
  private boolean leftWork;
  private Ending ending = Ending.OPEN;

  // Only while its process is read: the messages that are not finished, and the lanes.
  private final TreeMap<Long, Held> unfinished = new TreeMap<>();
  private final Set<Long> finishedLate = new HashSet<>();
  private final Map<String, Lane> lanes = new HashMap<>();

  Ownership(int index, ProcessHistory process, SourceHistory source, int epoch) {
    this.index = index;
    this.process = process;
    this.source = source;
    this.epoch = epoch;
  }

  /** How it ended. */
  enum Ending {
    /** It did not, before its process's log ended. */
    OPEN,
    /** Handed back in order. */
    REVOKED,
    /** Handed back as the process left, after its drain had begun. */
    LEFT,
    /** Taken without asking. */
    LOST
  }

  int index() {
    return index;
  }

  ProcessHistory process() {
    return process;
  }

  SourceHistory source() {
    return source;
  }

  int epoch() {
    return epoch;
  }

  /** Its process said that it had got it. */
  void announced() {
    announced = true;
  }

  /** Whether its process said that it had got it, before anything else of it. */
  boolean isAnnounced() {
    return announced;
  }

  /** Where it went on; -1 where that is unknown or no offset. */
  long assigned() {
    return assigned;
  }

  void assignedAt(long position) {
    assigned = position;
  }

  /** The position confirmed last in answer to a commit of its own; -1 before the first. */
  long committed() {
    return committed;
  }

  /** The number of the event that told it. */
  long committedSeq() {
    return committedSeq;
  }

  void committedAt(long position, long seq) {
    if (position >= committed) {
      committed = position;
      committedSeq = seq;
    }
    heldAt(position, seq);
  }

  /** The highest position that the broker was known to hold, by whose commit ever; -1 for none. */
  long held() {
    return held;
  }

  /** The number of the event that told it. */
  long heldSeq() {
    return heldSeq;
  }

  private void heldAt(long position, long seq) {
    if (position >= held) {
      held = position;
      heldSeq = seq;
    }
  }

  /** The broker was found to hold a position that it had not confirmed to this owner. */
  void readBackAt(long position, long seq) {
    readBack = true;
    heldAt(position, seq);
  }

  /** The highest position received; -1 before the first. */
  long highestReceived() {
    return highestReceived;
  }

  void received(Held held) {
    long position = held.position().major();
    highestReceived = Math.max(highestReceived, position);
    if (held.position().isOffset()) {
      unfinished.put(position, held);
    }
  }

  /** The highest position that was finished; -1 before the first. */
  long highestSettled() {
    return highestSettled;
  }

  void settled(long position) {
    highestSettled = Math.max(highestSettled, position);
    unfinished.remove(position);
    if (ending != Ending.OPEN) {
      finishedLate.add(position);
    }
  }

  /** Whether an older epoch of the same process finished the position after its end. */
  boolean isFinishedByOlder(long position) {
    return source.ownerships().stream()
        .anyMatch(
            other ->
                other != this && other.process == process && other.finishedLate.contains(position));
  }

  /** Messages received and not finished, by offset; those that went back stay. */
  NavigableMap<Long, Held> unfinished() {
    return unfinished;
  }

  Map<String, Lane> lanes() {
    return lanes;
  }

  Ending ending() {
    return ending;
  }

  /**
   * It ended.
   *
   * @param unconfirmed whether its process said that its last commit was not confirmed
   */
  void end(Ending how, boolean unconfirmed) {
    ending = how;
    uncommitted = unconfirmed;
    leftWork = !unfinished.isEmpty();
  }

  /** Whether nothing was unfinished when it ended, or its process's log did. */
  boolean endedEmpty() {
    return ending == Ending.OPEN ? unfinished.isEmpty() : !leftWork;
  }

  /** Frees what is needed only while its process is read. */
  void processEnded() {
    unfinished.clear();
    finishedLate.clear();
    lanes.clear();
  }

  /** Whether its process had it to the end: its last commit is the drain's. */
  boolean lastedToTheEnd() {
    return ending == Ending.OPEN || ending == Ending.LEFT;
  }

  /** Whether what it finished from its last commit on may be delivered again, by its ending. */
  boolean endedRoughly() {
    return ending == Ending.LOST
        || readBack // perhaps another's commit, who had it already
        || (ending == Ending.REVOKED && uncommitted)
        || (lastedToTheEnd() && !process.endedCleanly());
  }
}
