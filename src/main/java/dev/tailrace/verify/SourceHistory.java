package dev.tailrace.verify;

/** What was seen of one partition or stream of one pipeline, by all processes together. */
final class SourceHistory {
  private final int index;
  private final String pipeline;
  private final String source;
  private long passed = -1;

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

  /** The broker will not deliver positions below this again; -1 where nothing is known. */
  long passed() {
    return passed;
  }

  void pass(long position) {
    passed = Math.max(passed, position);
  }

  @Override
  public String toString() {
    return source + " of " + pipeline;
  }
}
