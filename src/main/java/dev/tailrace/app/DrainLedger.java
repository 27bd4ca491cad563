package dev.tailrace.app;

import dev.tailrace.app.DrainReport.AbandonedMessage;
import dev.tailrace.app.DrainReport.FlushLine;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.source.Source.CommittedPosition;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What one consumer, or several added up, know of their drain at an instant. Immutable, so that it
 * can be read while the loop that wrote it hangs.
 *
 * @param atStart the counts when the intake had closed; until then those of now
 * @param now the counts now
 * @param left the messages left behind, as far as they are named
 * @param positions the last positions confirmed
 * @param flushes what was written out
 * @param errors what went wrong
 * @param settled whether positions and flushes are what the end has brought
 */
record DrainLedger(
    MessageCounts atStart,
    MessageCounts now,
    List<AbandonedMessage> left,
    List<CommittedPosition> positions,
    List<FlushLine> flushes,
    List<String> errors,
    boolean settled) {

  /** There was nothing to drain. */
  static final DrainLedger SETTLED =
      new DrainLedger(
          MessageCounts.NONE, MessageCounts.NONE, List.of(), List.of(), List.of(), List.of(), true);

  DrainLedger {
    left = List.copyOf(left);
    positions = List.copyOf(positions);
    flushes = List.copyOf(flushes);
    errors = List.copyOf(errors);
  }

  /** Both added up; settled only where both are. */
  DrainLedger plus(DrainLedger other) {
    return new DrainLedger(
        atStart.plus(other.atStart),
        now.plus(other.now),
        both(left, other.left),
        both(positions, other.positions),
        both(flushes, other.flushes),
        both(errors, other.errors),
        settled && other.settled);
  }

  /**
   * What became of what was there at the start. What is not known to have ended counts as
   * abandoned: nobody will end it.
   */
  DrainReport.Messages messages() {
    MessageCounts since = since(atStart, now);
    return new DrainReport.Messages(
        atStart,
        since,
        since.abandoned() + now.inFlight(),
        left.stream().limit(DrainReport.MOST_NAMED).toList());
  }

  /** Nothing abandoned, nothing unknown, every position confirmed. */
  boolean clean() {
    return settled
        && messages().abandoned() == 0
        && positions.stream().allMatch(position -> position.commit().equals("ok"))
        && flushes.stream().allMatch(flush -> flush.pending() == 0 && flush.unknown() == 0);
  }

  private static MessageCounts since(MessageCounts start, MessageCounts now) {
    Map<Finish, Long> finished = new EnumMap<>(Finish.class);
    for (Finish finish : Finish.values()) {
      finished.put(
          finish,
          now.finished().getOrDefault(finish, 0L) - start.finished().getOrDefault(finish, 0L));
    }
    return new MessageCounts(
        now.received() - start.received(),
        finished,
        now.released() - start.released(),
        now.abandoned() - start.abandoned(),
        now.executing(),
        now.buffered(),
        now.parked(),
        now.bytes());
  }

  private static <T> List<T> both(List<T> one, List<T> other) {
    List<T> all = new ArrayList<>(one);
    all.addAll(other);
    return all;
  }
}
