package dev.tailrace.verify;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was seen of one partition or stream of one pipeline, by all processes together. */
final class SourceHistory {
  private final int index;
  private final String pipeline;
  private final String source;
  private final List<Ownership> ownerships = new ArrayList<>();
  private long passed = -1;
  private @Nullable Position acknowledged;

  SourceHistory(int index, String pipeline, String source) {
    this.index = index;
    this.pipeline = pipeline;
    this.source = source;
  }

  int index() {
    return index;
  }

  String pipeline() {
    return pipeline;
  }

  String source() {
    return source;
  }

  /** Who had it, each process's in their order. */
  List<Ownership> ownerships() {
    return ownerships;
  }

  /** The broker will not deliver positions below this again; -1 where nothing is known. */
  long passed() {
    return passed;
  }

  void pass(long position) {
    passed = Math.max(passed, position);
  }

  /** The broker said that all entries of the stream below this one are acknowledged. */
  void acknowledgedBelow(Position entry) {
    acknowledged = entry;
  }

  /** Whether the broker said which entries of the stream are acknowledged. */
  boolean isAcknowledgedKnown() {
    return acknowledged != null;
  }

  /** Whether the broker will not deliver the message at this position again. */
  boolean isPassed(Position position) {
    return position.isOffset()
        ? position.major() < passed
        : acknowledged != null && position.isBelow(acknowledged);
  }

  @Override
  public String toString() {
    return source + " of " + pipeline;
  }
}
