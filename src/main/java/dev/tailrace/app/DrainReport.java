package dev.tailrace.app;

import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.PhaseResult;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.processing.Flight;
import dev.tailrace.source.Source.CommittedPosition;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The truth about a drain. Immutable. Always {@code executing + buffered + parked at the start =
 * finished + released + abandoned}.
 *
 * @param identity of the process, or of the verticle's pool
 * @param configSha256 of the effective configuration; "" where built by code
 * @param trigger what began it
 * @param strategy what became of buffered work
 * @param forcedBy what forced it, or null
 * @param exitCode what the process ends with: 4 where anything was abandoned or unknown, else 6
 *     where the process itself asked for its end so as to be started afresh, 0 where others did, or
 *     what a failed start ends with
 * @param timing when and how long
 * @param phases in their order; phases that have not run are missing
 * @param messages what became of them
 * @param positions the last confirmed position of each partition or stream
 * @param flushes what was written out at the end; what is left of telemetry makes no drain
 *     incomplete
 * @param errors everything that went wrong, first the first
 * @param complete false for a report made before the last phase, or at a halt
 */
public record DrainReport(
    PoolIdentity identity,
    String configSha256,
    Trigger trigger,
    DrainConfig.Strategy strategy,
    @Nullable String forcedBy,
    int exitCode,
    Timing timing,
    List<PhaseResult> phases,
    Messages messages,
    List<CommittedPosition> positions,
    List<FlushLine> flushes,
    List<String> errors,
    boolean complete) {

  /** The version of {@link #toJson}'s shape. */
  public static final int SCHEMA = 1;

  /** The exit code where anything was abandoned, forced or unknown; wins over all others. */
  public static final int INCOMPLETE_EXIT = 4;

  /** The exit code of a clean drain that the process itself asked for, to be started afresh. */
  public static final int RESTART_EXIT = 6;

  /** The most messages that are named in a report; the count says how many there were. */
  public static final int MOST_NAMED = 100;

  /** Copies the lists. */
  public DrainReport {
    phases = List.copyOf(phases);
    positions = List.copyOf(positions);
    flushes = List.copyOf(flushes);
    errors = List.copyOf(errors);
  }

  /** How a drain can end. */
  public enum Result {
    /** Nothing abandoned, every commit confirmed. */
    CLEAN,
    /** Something was abandoned, is unknown or went wrong. */
    INCOMPLETE,
    /** A second signal cut it short. */
    FORCED;

    /** As written in the report. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Clean, incomplete or forced. */
  public Result result() {
    if (forcedBy != null) {
      return Result.FORCED;
    }
    return exitCode == INCOMPLETE_EXIT ? Result.INCOMPLETE : Result.CLEAN;
  }

  /**
   * When and how long.
   *
   * @param startedAt the trigger, by the wall clock
   * @param endedAt the end, by the wall clock
   * @param duration by the monotonic clock
   * @param deadline what was allowed
   */
  public record Timing(Instant startedAt, Instant endedAt, Duration duration, Duration deadline) {}

  /**
   * What became of the messages in flight at the start.
   *
   * @param atStart in flight when the intake had closed
   * @param since finished and released from then on
   * @param abandoned how many were left
   * @param named the first {@link #MOST_NAMED} of them
   */
  public record Messages(
      MessageCounts atStart, MessageCounts since, long abandoned, List<AbandonedMessage> named) {
    /** Copies the list. */
    public Messages {
      named = List.copyOf(named);
    }
  }

  /**
   * A message that was left.
   *
   * @param pipeline its pipeline
   * @param source partition or stream
   * @param position in it
   * @param epoch of the assignment
   * @param keyHash SHA-256 of its key, shortened; "" without a key
   * @param attempt from 1
   * @param stage where it was
   * @param claim the claim it keeps; "" without one
   * @param ageMillis since it was received
   * @param stack where its worker was, if it had one
   * @param grade of its effects, A, B or C of promise P2
   * @param repeat what to do with it: it comes again by itself
   */
  public record AbandonedMessage(
      String pipeline,
      String source,
      String position,
      int epoch,
      String keyHash,
      int attempt,
      String stage,
      String claim,
      long ageMillis,
      List<String> stack,
      String grade,
      Repeat repeat) {
    /** Copies the list. */
    public AbandonedMessage {
      stack = List.copyOf(stack);
    }
  }

  /** Whether a message that was left may be done again without a person's look at it. */
  public enum Repeat {
    /** Its handler was not called, or what it did is not kept without its mark (grade C). */
    SAFE,
    /** Its handler was called and may have had its effect: somebody has to look whether it did. */
    CHECK;

    /**
     * Of a message with a certain grade that was left at a certain stage.
     *
     * @param stage as in {@link AbandonedMessage#stage}
     */
    static Repeat of(String grade, String stage) {
      boolean called = !UNCALLED.contains(stage);
      return called && !grade.equals("C") ? CHECK : SAFE;
    }

    private static final Set<String> UNCALLED =
        Set.of(Flight.Stage.CLAIMING.label(), Flight.Stage.WAITING.label());

    /** As written in the report. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What was written out at the end.
   *
   * @param name what, as {@code marks}, {@code kafka orders acknowledgements} or {@code telemetry
   *     spans}
   * @param flushed confirmed
   * @param pending known not to be done
   * @param unknown nobody knows
   */
  public record FlushLine(String name, long flushed, long pending, long unknown) {}

  /** The report as in {@code GET /drain}, the log and the file. */
  public JsonObject toJson() {
    return DrainReportJson.whole(this);
  }

  /**
   * The report in one line of at most 4,096 bytes of UTF-8, which is what a pod's termination log
   * holds; lists are cut, and {@code truncated: true} says so.
   */
  public String toTerminationLog() {
    return DrainReportJson.terminationLog(this);
  }
}
