package dev.tailrace.observe;

import java.util.List;

/** The Micrometer names of all meters of the pool, and of nothing else. */
public final class MetricNames {
  /** Messages taken into the pool; {@code pipeline}. */
  public static final String RECEIVED = "tailrace.messages.received";

  /** Messages whose outcome is settled; {@code pipeline}, {@code outcome}. */
  public static final String FINISHED = "tailrace.messages.finished";

  /** Messages that went back unfinished; {@code pipeline}. */
  public static final String RELEASED = "tailrace.messages.released";

  /** Messages left behind by a drain; {@code pipeline}. */
  public static final String ABANDONED = "tailrace.messages.abandoned";

  /** Messages in the pool; {@code pipeline}, {@code stage}: executing, buffered or parked. */
  public static final String IN_FLIGHT = "tailrace.messages.in.flight";

  /** Handler calls; {@code pipeline}, {@code source}, {@code outcome}. */
  public static final String HANDLER_DURATION = "tailrace.handler.duration";

  /** From arrival to permit; {@code pipeline}, {@code source}. */
  public static final String QUEUE_WAIT = "tailrace.queue.wait";

  /** From outcome to permit back; {@code pipeline}, {@code source}. */
  public static final String SETTLE_DURATION = "tailrace.settle.duration";

  /** Revocations; {@code pipeline}. */
  public static final String REVOKE_DURATION = "tailrace.revoke.duration";

  /** Messages not yet read; {@code pipeline}, {@code source} with its partition. */
  public static final String LAG = "tailrace.lag";

  /** Age of the oldest unfinished message; {@code pipeline}, {@code source} with its partition. */
  public static final String LAG_TIME = "tailrace.lag.time";

  /** Positions finished above the lowest unfinished one; as {@link #LAG}. */
  public static final String COMMIT_GAP = "tailrace.commit.gap";

  /** How long the lowest unfinished position has not moved; as {@link #LAG}. */
  public static final String COMMIT_GAP_AGE = "tailrace.commit.gap.age";

  /** Commits; {@code pipeline}, {@code result}: ok, failed or unknown. */
  public static final String COMMITS = "tailrace.commits";

  /** Retries decided, also those in an outage; {@code pipeline}, {@code source}. */
  public static final String RETRIES = "tailrace.retries";

  /** Dead letters acknowledged; {@code pipeline}, {@code source}, {@code reason}. */
  public static final String DEAD_LETTERS = "tailrace.dead.letters";

  /** Claims answered; {@code pipeline}, {@code result}. */
  public static final String IDEMPOTENCY = "tailrace.idempotency";

  /** Times that partitions were taken away: revocations, and partitions lost; {@code pipeline}. */
  public static final String REBALANCES = "tailrace.rebalances";

  /** Messages that may execute at once; {@code pipeline}. */
  public static final String LIMIT = "tailrace.limit";

  /** Handlers past time-out and grace now; {@code pipeline}. */
  public static final String STUCK = "tailrace.stuck";

  /** Handlers that ran on when their partition had to go; {@code pipeline}, {@code source}. */
  public static final String OVERRAN = "tailrace.overran";

  /** Alarms; {@code pipeline}, {@code kind}. */
  public static final String ALARMS = "tailrace.alarms";

  /** 1 for the state of the process, 0 for the others; {@code state}. */
  public static final String STATE = "tailrace.state";

  /** How long a drain would take now. */
  public static final String DRAIN_ESTIMATE = "tailrace.drain.estimate";

  /** How long the drain of the last incarnation took. */
  public static final String PREVIOUS_DRAIN_DURATION = "tailrace.previous.drain.duration";

  /** Spans that were lost, for want of room or of a receiver; where there are traces. */
  public static final String SPANS_DROPPED = "tailrace.spans.dropped";

  private static final List<String> ALL =
      List.of(
          RECEIVED,
          FINISHED,
          RELEASED,
          ABANDONED,
          IN_FLIGHT,
          HANDLER_DURATION,
          QUEUE_WAIT,
          SETTLE_DURATION,
          REVOKE_DURATION,
          LAG,
          LAG_TIME,
          COMMIT_GAP,
          COMMIT_GAP_AGE,
          COMMITS,
          RETRIES,
          DEAD_LETTERS,
          IDEMPOTENCY,
          REBALANCES,
          LIMIT,
          STUCK,
          OVERRAN,
          ALARMS,
          STATE,
          DRAIN_ESTIMATE,
          PREVIOUS_DRAIN_DURATION,
          SPANS_DROPPED);

  private MetricNames() {}

  /** All names, in the order of the documentation. */
  public static List<String> all() {
    return ALL;
  }
}
