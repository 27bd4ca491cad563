package dev.tailrace.redis.stream;

import dev.tailrace.redis.link.HashSlot;
import java.util.List;

/**
 * The keys of what waits for later attempts, of one stream. All have the hash tag of that stream,
 * so that in a cluster one script may touch them and it. Immutable.
 *
 * @param source the stream whose messages wait
 * @param stream to which they go when they are due
 */
public record RetryKeys(String source, String stream) {
  /** Makes the keys of a tier of this name. */
  public static RetryKeys of(String source, String name) {
    return new RetryKeys(source, "{" + HashSlot.tag(source) + "}." + name);
  }

  /** The tiers' names of several streams. */
  public static List<String> streams(List<String> sources, String name) {
    return sources.stream().map(source -> of(source, name).stream()).distinct().toList();
  }

  /** A sorted set: names of messages, by the millisecond in which they are due. */
  public String waiting() {
    return waiting(stream);
  }

  /** A hash beside it: the messages. */
  public String messages() {
    return stream + ":messages";
  }

  /** What waits for the stream of a tier. */
  public static String waiting(String stream) {
    return stream + ":waiting";
  }
}
