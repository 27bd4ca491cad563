package dev.tailrace.redis.link;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server of a cluster answers about a key that it does not have: where to ask instead.
 * Nothing was carried out. Immutable.
 *
 * @param lasting whether the whole slot has moved; else only this key was, while its slot is moving
 * @param slot which one
 * @param host of the server, or "" for the one that answered
 * @param port of the server
 */
public record Redirection(boolean lasting, int slot, String host, int port) {
  private static final Pattern WORDS =
      Pattern.compile("(MOVED|ASK) (\\d{1,5}) (.*):(\\d{1,5})(?:@\\d+)?\\s*");

  /** Reads a refusal; empty where it is another one. */
  public static Optional<Redirection> of(Throwable refusal) {
    if (!ServerError.isReply(refusal)) {
      return Optional.empty();
    }
    Matcher words = WORDS.matcher(String.valueOf(refusal.getMessage()));
    if (!words.matches()) {
      return Optional.empty();
    }
    int slot = Integer.parseInt(words.group(2));
    int port = Integer.parseInt(words.group(4));
    if (slot >= HashSlot.COUNT || port == 0 || port > 65_535) {
      return Optional.empty();
    }
    return Optional.of(new Redirection(words.group(1).equals("MOVED"), slot, words.group(3), port));
  }
}
