package dev.tailrace.observe;

import java.util.EnumMap;
import java.util.Map;

/**
 * The count of messages of one consumer, or of several added up, at one instant of its loop.
 *
 * <p>Always {@code received = finished + released + abandoned + inFlight}, exactly.
 *
 * @param received taken into the pool since the start
 * @param finished settled, by how
 * @param released went back unfinished
 * @param abandoned left behind by a drain
 * @param executing hold a permit, claim and settlement included
 * @param buffered wait for a permit
 * @param parked wait for their next attempt
 * @param bytes payload bytes of what is buffered and parked
 */
public record MessageCounts(
    long received,
    Map<Finish, Long> finished,
    long released,
    long abandoned,
    int executing,
    int buffered,
    int parked,
    long bytes) {

  /** Nothing yet. */
  public static final MessageCounts NONE = new MessageCounts(0, Map.of(), 0, 0, 0, 0, 0, 0);

  /** Executing, buffered and parked together. */
  public long inFlight() {
    return (long) executing + buffered + parked;
  }

  /** All finished together. */
  public long finishedTotal() {
    long total = 0;
    for (long each : finished.values()) {
      total += each;
    }
    return total;
  }

  /** Both added up. */
  public MessageCounts plus(MessageCounts other) {
    Map<Finish, Long> sum = new EnumMap<>(Finish.class);
    for (Finish finish : Finish.values()) {
      sum.put(finish, finished.getOrDefault(finish, 0L) + other.finished.getOrDefault(finish, 0L));
    }
    return new MessageCounts(
        received + other.received,
        sum,
        released + other.released,
        abandoned + other.abandoned,
        executing + other.executing,
        buffered + other.buffered,
        parked + other.parked,
        bytes + other.bytes);
  }
}
