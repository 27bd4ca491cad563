package dev.tailrace.redis.stream;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * One stream in several: {@code payments:0} to {@code payments:7}, each read by one instance of a
 * group at a time. Which of them an entry goes to is for its producer to say, by a hash of its key.
 * Immutable.
 *
 * @param prefix what their names begin with, without braces: so each is in a slot of its own in a
 *     cluster, with what belongs to it
 * @param count how many there are, at least 1; the same for all who write and read them
 * @param lease how long an instance that gives no sign keeps its shards
 */
public record Shards(String prefix, int count, Duration lease) {
  /** How long an instance that gives no sign keeps its shards where nothing else is said. */
  public static final Duration DEFAULT_LEASE = Duration.ofSeconds(9);

  static final int MOST = 1_024;
  static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);
  static final Duration LONGEST_LEASE = Duration.ofMinutes(10);

  private static final Pattern PREFIX = Pattern.compile("[^{}]+");

  /** Refuses a prefix with braces, and a count or a lease that is out of its range. */
  public Shards {
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException("the prefix of shards has no braces, unlike " + prefix);
    }
    if (count < 1 || count > MOST) {
      throw new IllegalArgumentException("there are 1 to " + MOST + " shards, not " + count);
    }
    if (lease.compareTo(SHORTEST_LEASE) < 0 || lease.compareTo(LONGEST_LEASE) > 0) {
      throw new IllegalArgumentException("a lease lasts 1s to 10m, not " + lease);
    }
  }

  /** With the lease that is the default. */
  public Shards(String prefix, int count) {
    this(prefix, count, DEFAULT_LEASE);
  }

  /** The streams, in the order of their numbers. */
  public List<String> names() {
    return IntStream.range(0, count).mapToObj(number -> prefix + ":" + number).toList();
  }

  @Override
  public String toString() {
    return prefix + ":0-" + (count - 1);
  }
}
