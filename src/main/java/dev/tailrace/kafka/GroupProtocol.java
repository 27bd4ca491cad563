package dev.tailrace.kafka;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a group agrees on who reads what; all its members must agree on it. Immutable.
 *
 * @param assignor by which the members divide the partitions; null where the brokers do (KIP-848)
 */
public record GroupProtocol(@Nullable Assignor assignor) {
  private static final GroupProtocol CONSUMER = new GroupProtocol(null);

  /** The label of all that have an assignor. */
  static final String CLASSIC = "classic";

  private static final String CONSUMER_LABEL = "consumer";

  /** One of the members divides the partitions, and tells the others through the broker. */
  public static GroupProtocol classic(Assignor assignor) {
    return new GroupProtocol(assignor);
  }

  /**
   * The brokers divide the partitions (KIP-848): each member gives up and takes what changes for
   * it, and nobody waits for all. Session and heartbeat are the brokers' settings then.
   */
  public static GroupProtocol consumer() {
    return CONSUMER;
  }

  static List<String> labels() {
    return List.of(CLASSIC, CONSUMER_LABEL);
  }

  boolean isClassic() {
    return assignor != null;
  }

  /** As written in the configuration: {@code classic} or {@code consumer}. */
  public String label() {
    return isClassic() ? CLASSIC : CONSUMER_LABEL;
  }

  /** Both, for people: {@code classic, range} or {@code consumer}. */
  @Override
  public String toString() {
    return assignor == null ? CONSUMER_LABEL : CLASSIC + ", " + assignor.label();
  }
}
