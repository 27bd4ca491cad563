package dev.tailrace.kafka;

import java.time.Duration;

/**
 * How soon members hear of a rebalance: with their next heartbeat, which in a group that divides
 * itself is after three seconds where nobody says otherwise.
 */
public final class Heartbeats {
  /** As often as the tests' brokers ask for in groups that they divide. */
  private static final Duration QUICK = Duration.ofMillis(500);

  private Heartbeats() {}

  /** A member that hears soon, for tests which are not about that. */
  public static KafkaSourceConfig quick(KafkaSourceConfig config, Membership membership) {
    return every(QUICK, config, membership);
  }

  /** A member whose heartbeats are as far apart where that is for it to say. */
  public static KafkaSourceConfig every(
      Duration interval, KafkaSourceConfig config, Membership membership) {
    KafkaSourceConfig member = config.withMembership(membership);
    return membership.protocol().assignor() == null
        ? member
        : member.withClient(
            member.client().with("heartbeat.interval.ms", Long.toString(interval.toMillis())));
  }
}
