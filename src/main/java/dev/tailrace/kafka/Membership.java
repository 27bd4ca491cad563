package dev.tailrace.kafka;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a source is a member of its group. Immutable.
 *
 * @param group the consumer group
 * @param protocol how the group divides its partitions
 * @param staticId prefix of the static member id, one per process, or null; each consumer adds its
 *     index
 * @param onClose what becomes of the membership when the source closes
 * @param revokeDeadline how long a rebalance waits for running handlers, above zero
 */
public record Membership(
    String group,
    GroupProtocol protocol,
    @Nullable String staticId,
    OnClose onClose,
    Duration revokeDeadline) {
  /** How long a rebalance waits where nothing else is said. */
  public static final Duration DEFAULT_REVOKE_DEADLINE = Duration.ofSeconds(8);

  /** Refuses a membership that remains without an id to come back with. */
  public Membership {
    if (group.isBlank()) {
      throw new IllegalArgumentException("the group has no name");
    }
    if (onClose == OnClose.REMAIN && staticId == null) {
      throw new IllegalArgumentException("on-close: remain needs a static-id");
    }
    if (revokeDeadline.isNegative() || revokeDeadline.isZero()) {
      throw new IllegalArgumentException("the revoke deadline must be above 0");
    }
  }

  /** A dynamic member with the defaults. */
  public static Membership of(String group) {
    return of(group, GroupProtocol.classic(Assignor.COOPERATIVE_STICKY));
  }

  /** A dynamic member of a group of this protocol, with the defaults. */
  public static Membership of(String group, GroupProtocol protocol) {
    return new Membership(group, protocol, null, OnClose.LEAVE, DEFAULT_REVOKE_DEADLINE);
  }

  /** A static member instead. */
  public Membership withStaticId(String id, OnClose onClose) {
    return new Membership(group, protocol, id, onClose, revokeDeadline);
  }

  /** The same, as a member of another group. */
  Membership inGroup(String other) {
    return new Membership(other, protocol, staticId, onClose, revokeDeadline);
  }

  /** Another deadline. */
  public Membership withRevokeDeadline(Duration deadline) {
    return new Membership(group, protocol, staticId, onClose, deadline);
  }

  /** Whether a new member has to ask for an id before it asks to join; others bring their own. */
  boolean joinsTwice() {
    return staticId == null && protocol.isClassic();
  }

  /** The static id of one consumer of the process, or null for a dynamic member. */
  @Nullable String instanceId(int consumer) {
    return staticId == null ? null : staticId + "-" + consumer;
  }
}
