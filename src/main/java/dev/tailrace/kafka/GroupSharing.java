package dev.tailrace.kafka;

import dev.tailrace.source.SourceConflict;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What comes of it where two pipelines of one process are members of one consumer group. */
final class GroupSharing {
  private static final String OWN_GROUP = "a group of its own";

  private final KafkaSourceConfig earlier;
  private final String pipeline;
  private final KafkaSourceConfig later;

  /**
   * Compares.
   *
   * @param pipeline the name of the earlier one
   */
  GroupSharing(KafkaSourceConfig earlier, String pipeline, KafkaSourceConfig later) {
    this.earlier = earlier;
    this.pipeline = pipeline;
    this.later = later;
  }

  /** What stands against it, the worst first; empty where they share no group. */
  Optional<SourceConflict> conflict() {
    Membership one = earlier.membership();
    Membership other = later.membership();
    if (!one.group().equals(other.group()) || !earlier.bootstrap().equals(later.bootstrap())) {
      return Optional.empty();
    }
    String shared = shared();
    if (shared != null) {
      return Optional.of(SourceConflict.sameInput(other.group(), shared, pipeline));
    }
    Optional<SourceConflict> disagreement = disagreement(one.protocol(), other.protocol());
    if (disagreement.isPresent()) {
      return disagreement;
    }
    if (one.staticId() != null && one.staticId().equals(other.staticId())) {
      return fatal(
          "static-id",
          "'%s' is that of pipeline '%s' in the same group: each would end the other's membership"
              .formatted(one.staticId(), pipeline),
          "an id of its own, or " + OWN_GROUP);
    }
    return Optional.of(
        new SourceConflict(
            "group",
            "'%s' is the group of pipeline '%s', too: a rebalance of one holds up the other"
                .formatted(other.group(), pipeline),
            "advised: " + OWN_GROUP,
            false));
  }

  private Optional<SourceConflict> disagreement(GroupProtocol one, GroupProtocol other) {
    if (one.isClassic() != other.isClassic()) {
      return fatal(
          "protocol",
          "'%s' is not that of pipeline '%s' in the same group".formatted(other.label(), pipeline),
          one.label() + ", or " + OWN_GROUP);
    }
    Assignor theirs = one.assignor();
    Assignor ours = other.assignor();
    return theirs == ours || theirs == null || ours == null
        ? Optional.empty()
        : fatal(
            "assignor",
            "'%s' is not that of pipeline '%s' in the same group".formatted(ours.label(), pipeline),
            theirs.label() + ", or " + OWN_GROUP);
  }

  private static Optional<SourceConflict> fatal(String key, String problem, String allowed) {
    return Optional.of(new SourceConflict(key, problem, "allowed: " + allowed, true));
  }

  /** What both are known to read; of two different patterns nothing is known. */
  private @Nullable String shared() {
    Subscription one = earlier.subscription();
    Subscription other = later.subscription();
    for (String topic : other.topics()) {
      if (one.matches(topic)) {
        return "topic '" + topic + "'";
      }
    }
    for (String topic : one.topics()) {
      if (other.matches(topic)) {
        return "topic '" + topic + "'";
      }
    }
    Pattern pattern = one.pattern();
    return pattern != null
            && other.pattern() != null
            && pattern.pattern().equals(other.pattern().pattern())
        ? "pattern '" + pattern.pattern() + "'"
        : null;
  }
}
