package dev.tailrace.simulation;

import dev.tailrace.source.Partition;
import dev.tailrace.source.Position;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One assignment of a partition to a consumer, from its beginning to its end. */
final class Epoch {
  /** How it stands, as the consumer believes. */
  enum State {
    OPEN,
    REVOKED,
    LOST
  }

  final String source;
  final int number;
  final GroupMember member;
  final int incarnation; // of the topic, that its positions are of
  final List<WorldMessage> settled = new ArrayList<>();
  final List<WorldMessage> uncovered = new ArrayList<>(0); // settled, and not said at its end
  final @Nullable Position resumed; // what was committed when it began
  final long troublesBefore;
  final boolean heldUp; // by a request that was disturbed before it began
  State state = State.OPEN;
  boolean abandonsSome; // a drain left a message of it running

  Epoch(String source, int number, GroupMember member, @Nullable Position resumed) {
    this.source = source;
    this.number = number;
    this.member = member;
    this.incarnation = member.incarnation(source);
    this.resumed = resumed;
    this.troublesBefore = member.troubles();
    this.heldUp = member.link().isHeldUp();
  }

  /** Whether its end was another than it should be: what finished in it may repeat. */
  boolean isGivenUp() {
    return state == State.LOST
        || (state == State.OPEN
            && !(member.isKnown() && member.owns(new Partition(source, number))));
  }

  /**
   * Whether the message is of another topic of that name than its owner takes it for: it was made
   * anew, and the owner does not know it yet.
   */
  boolean isMisread(WorldMessage message) {
    return message.log.incarnation != incarnation;
  }

  /** Whether anything disturbed the way to the broker since it began, or still did then. */
  boolean isTroubled() {
    return heldUp || member.troubles() != troublesBefore;
  }
}
