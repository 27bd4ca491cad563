package dev.tailrace.sink;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a replay went, or goes. Immutable.
 *
 * @param ending why it is over
 * @param round of its bookmark, from 1
 * @param resumed whether it went on where an earlier one had ended
 * @param counts what became of the letters
 * @param destinations how many went where
 * @param named some of those that were refused or have no origin, with what is wrong
 * @param failure what ended it, where that was one
 */
public record ReplayReport(
    Ending ending,
    int round,
    boolean resumed,
    Counts counts,
    Map<String, Long> destinations,
    List<String> named,
    @Nullable Throwable failure) {

  /** Why a replay is over. */
  public enum Ending {
    /** There are no more letters. */
    COMPLETE,
    /** As many as were wished for. */
    LIMIT,
    /** It was asked to stop. */
    STOPPED,
    /** A broker did not answer, or refused. */
    FAILED
  }

  /**
   * What became of the letters.
   *
   * @param replayed acknowledged by their destination, or with a dry run: would be sent
   * @param uncertain of those sent, whose arrival or whose place in the bookmark is not confirmed:
   *     they are sent once more next time
   * @param refused never taken by their destination, as too large ones
   * @param homeless without an origin to go back to
   * @param passed not meant
   */
  public record Counts(long replayed, long uncertain, long refused, long homeless, long passed) {}

  /**
   * How far a replay is; read on any thread.
   *
   * @param looked letters looked at
   * @param ahead how many there were at most when it began
   * @param replayed of those looked at, acknowledged by their destination
   */
  public record Progress(long looked, long ahead, long replayed) {}
}
