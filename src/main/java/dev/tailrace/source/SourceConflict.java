package dev.tailrace.source;

/**
 * Why two sources do not go together in one process.
 *
 * @param key of the later one's settings, where the mistake is
 * @param problem in words that follow the name of the key
 * @param allowed what to write instead, in words
 * @param fatal whether they cannot work; else it is only advised against
 */
public record SourceConflict(String key, String problem, String allowed, boolean fatal) {

  /**
   * Two members of one group read the same, and the broker would deal it out between them.
   *
   * @param group which
   * @param input what both read, such as {@code topic 'orders'}
   * @param pipeline the name of the earlier one
   */
  public static SourceConflict sameInput(String group, String input, String pipeline) {
    String problem =
        "'%s' reads %s for pipeline '%s' already: each would get only a part of the messages";
    return new SourceConflict(
        "group", problem.formatted(group, input, pipeline), "allowed: a group of its own", true);
  }
}
