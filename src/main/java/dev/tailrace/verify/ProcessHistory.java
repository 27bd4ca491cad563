package dev.tailrace.verify;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What was seen of one incarnation of a process. */
final class ProcessHistory {
  /** The name of releases among the outcomes. */
  static final String RELEASED = "released";

  /** What a loop was just taking in when the drain began still counts as received before it. */
  private static final long INTAKE_NANOS = 1_000_000_000;

  private final String process;
  private final String incarnation;
  private final Map<String, Long> finished = new TreeMap<>();
  private final Map<String, Configured> pipelines = new TreeMap<>();
  private final Set<String> unreachable = new HashSet<>();
  private final Map<String, Long> memories = new TreeMap<>();
  private long lastSeq;
  private long lastNanos;
  private long longestSilence;
  private long received;
  private long released;
  private long abandoned;
  private long inFlight;
  private long drainEndSeq;
  private @Nullable DrainStart drain;
  private @Nullable Map<String, Long> closed;
  private @Nullable String drainResult;

  ProcessHistory(String process, String incarnation) {
    this.process = process;
    this.incarnation = incarnation;
  }

  /**
   * How things stood when the drain began.
   *
   * @param seq the number of the event
   * @param monoNanos the process's clock
   * @param inFlight messages in the pool
   * @param ends so far: released, and finished by outcome
   * @param abandoned so far
   * @param received so far
   */
  record DrainStart(
      long seq,
      long monoNanos,
      long inFlight,
      Map<String, Long> ends,
      long abandoned,
      long received) {}

  String process() {
    return process;
  }

  String incarnation() {
    return incarnation;
  }

  /** It is about to begin a pipeline with these limits. */
  void configured(String pipeline, Configured limits) {
    pipelines.merge(pipeline, limits, Configured::plus);
  }

  /** The limits it began a pipeline with; null where its log does not say. */
  @Nullable Configured configured(String pipeline) {
    return pipelines.get(pipeline);
  }

  /** Since when the store of a pipeline remembers, as it found last. */
  void remembers(String pipeline, long since) {
    memories.put(pipeline, since);
  }

  /** Since when the store of a pipeline remembers, as it found last; 0 before. */
  long memory(String pipeline) {
    return memories.getOrDefault(pipeline, 0L);
  }

  /** A pipeline of it could not reach its broker or store for a while. */
  void unreachable(String pipeline) {
    unreachable.add(pipeline);
  }

  boolean wasUnreachable(String pipeline) {
    return unreachable.contains(pipeline);
  }

  /** The longest time between two lines, in milliseconds of its own clock. */
  long longestSilenceMillis() {
    return longestSilence / 1_000_000;
  }

  /** Takes the next line; whether none is missing before it. */
  boolean next(long seq, long monoNanos) {
    boolean consecutive = seq == lastSeq + 1;
    longestSilence = lastSeq == 0 ? 0 : Math.max(longestSilence, monoNanos - lastNanos);
    lastNanos = monoNanos;
    lastSeq = seq;
    if (drain != null && closed == null && isDraining(monoNanos)) {
      closed = ends();
    }
    return consecutive;
  }

  /** Whether the drain has begun so long ago that its intake must have closed. */
  boolean isDraining(long monoNanos) {
    return drain != null && monoNanos - drain.monoNanos() > INTAKE_NANOS;
  }

  /** How many had ended, and how, when the drain's intake must have closed. */
  Map<String, Long> endsAtClose() {
    return closed == null ? ends() : closed;
  }

  /** How many have ended so far: released, and finished by outcome. */
  private Map<String, Long> ends() {
    Map<String, Long> ends = new TreeMap<>(finished);
    ends.put(RELEASED, released);
    return ends;
  }

  long lastSeq() {
    return lastSeq;
  }

  /** Its own clock at its last line. */
  long lastNanos() {
    return lastNanos;
  }

  void received() {
    received++;
    inFlight++;
  }

  void finished(String outcome) {
    finished.merge(outcome, 1L, Long::sum);
    inFlight--;
  }

  void released() {
    released++;
    inFlight--;
  }

  void abandoned() {
    abandoned++;
    inFlight--;
  }

  void drainBegin(long monoNanos) {
    drain = new DrainStart(lastSeq, monoNanos, inFlight, ends(), abandoned, received);
  }

  void drainEnd(String result) {
    drainResult = result;
    drainEndSeq = lastSeq;
  }

  /** Messages of which the log, up to here, does not say what became. */
  long unsaid() {
    return inFlight;
  }

  /** How things stood at the drain's begin; null where there was none. */
  @Nullable DrainStart drain() {
    return drain;
  }

  /** What the drain ended with; null where it did not end: the process was killed. */
  @Nullable String drainResult() {
    return drainResult;
  }

  long drainEndSeq() {
    return drainEndSeq;
  }

  boolean wasKilled() {
    return drainResult == null;
  }

  /** Its drain ended clean: nothing abandoned, every commit confirmed. */
  boolean endedCleanly() {
    return "clean".equals(drainResult);
  }

  long receivedTotal() {
    return received;
  }

  /** All that ended: released, and finished by outcome. */
  Map<String, Long> endsTotal() {
    return ends();
  }

  long abandonedTotal() {
    return abandoned;
  }

  @Override
  public String toString() {
    return process + "/" + incarnation;
  }
}
