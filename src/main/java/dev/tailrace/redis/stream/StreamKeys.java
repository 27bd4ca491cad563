package dev.tailrace.redis.stream;

import dev.tailrace.redis.link.HashSlot;

/** The names of what is kept beside a stream, in its slot of a cluster. */
final class StreamKeys {
  private static final String OURS = "tailrace:";

  private StreamKeys() {}

  /** The key of this name beside a stream; a hash tag that the stream has is that of the key. */
  static String beside(String stream, String name) {
    String named = HashSlot.tag(stream).equals(stream) ? "{" + stream + "}" : stream;
    return OURS + named + ":" + name;
  }

  /**
   * Whether something can be in the slot of a stream, which is not so where all of a name is hashed
   * that holds a closing brace.
   */
  static boolean isPossibleBeside(String stream) {
    return HashSlot.of(beside(stream, "")) == HashSlot.of(stream);
  }
}
