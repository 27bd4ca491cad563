package dev.tailrace.verify;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** One process's time with one partition or stream: from an assignment to its end. */
final class Ownership {
  private final int index;
  private final ProcessHistory process;
  private final SourceHistory source;
  private final int epoch;
  private long assigned = -1;
  private long committed = -1;
  private long committedSeq;
  private long highestSettled = -1;
  private Ending ending = Ending.OPEN;

  // Only while its process is read: the messages that are not finished, and the lanes.
  private final TreeMap<Long, Integer> unfinished = new TreeMap<>();
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

  /** Where it went on; -1 where that is unknown or no offset. */
  long assigned() {
    return assigned;
  }

  void assignedAt(long position) {
    assigned = position;
  }

  /** The position confirmed last; -1 before the first. */
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
  }

  /** The highest position that was finished; -1 before the first. */
  long highestSettled() {
    return highestSettled;
  }

  void settled(long position) {
    highestSettled = Math.max(highestSettled, position);
    unfinished.remove(position);
  }

  /** Messages received and not finished, by offset; those that went back stay. */
  NavigableMap<Long, Integer> unfinished() {
    return unfinished;
  }

  Map<String, Lane> lanes() {
    return lanes;
  }

  Ending ending() {
    return ending;
  }

  void end(Ending how) {
    ending = how;
  }

  /** Frees what is needed only while its process is read. */
  void processEnded() {
    unfinished.clear();
    lanes.clear();
  }

  /** Whether its process had it to the end: its last commit is the drain's. */
  boolean lastedToTheEnd() {
    return ending == Ending.OPEN || ending == Ending.LEFT;
  }

  /** Whether what it finished from its last commit on may be delivered again, by its ending. */
  boolean endedRoughly() {
    return ending == Ending.LOST || (lastedToTheEnd() && !process.endedCleanly());
  }
}
