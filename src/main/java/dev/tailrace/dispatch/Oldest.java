package dev.tailrace.dispatch;

import dev.tailrace.observe.KeyHash;
import dev.tailrace.processing.Flight;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The message that has been in the pool for longest.
 *
 * @param source the partition or stream
 * @param position its position there
 * @param keyHash of its key, as in reports; "" without a key
 * @param stage buffered, parked, waiting, claiming, handling or settling
 * @param attempt the attempt that runs or ran last, 0 before the first
 * @param ageMillis since it was received
 */
public record Oldest(
    String source, String position, String keyHash, String stage, int attempt, long ageMillis) {
  static Optional<Oldest> among(Stream<Entry> entries, long now) {
    return entries
        .max(Comparator.comparingLong(entry -> now - entry.receivedNanos))
        .map(entry -> of(entry, now));
  }

  private static Oldest of(Entry entry, long now) {
    return new Oldest(
        entry.position().source(),
        entry.position().position(),
        KeyHash.of(entry.message().key()),
        stage(entry),
        entry.attempt(),
        Duration.ofNanos(now - entry.receivedNanos).toMillis());
  }

  private static String stage(Entry entry) {
    Flight flight = entry.flight;
    if (flight != null) {
      return flight.stage().label();
    }
    return entry.stage == Entry.Stage.EXECUTING
        ? "waiting"
        : entry.stage.name().toLowerCase(Locale.ROOT);
  }
}
