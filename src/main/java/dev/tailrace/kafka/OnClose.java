package dev.tailrace.kafka;

import java.util.Locale;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;

/** What becomes of the group membership when a source closes. */
public enum OnClose {
  /** The member leaves: its partitions go to the others at once. */
  LEAVE(GroupMembershipOperation.LEAVE_GROUP),
  /** A static member stays: if it is back within the session time-out, nothing moves. */
  REMAIN(GroupMembershipOperation.REMAIN_IN_GROUP);

  private final GroupMembershipOperation operation;

  OnClose(GroupMembershipOperation operation) {
    this.operation = operation;
  }

  GroupMembershipOperation operation() {
    return operation;
  }

  /** As written in the configuration. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
