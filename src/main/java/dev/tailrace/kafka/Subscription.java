package dev.tailrace.kafka;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What a source reads: topics by name, or all topics that match a pattern, also those created
 * later.
 *
 * @param topics names, empty where there is a pattern
 * @param pattern for whole names, or null
 * @param missing what becomes of names that are not there at the start
 */
public record Subscription(Set<String> topics, @Nullable Pattern pattern, MissingTopics missing) {
  /** Copies the names, in their order; there is either a name or a pattern. */
  public Subscription {
    topics = Collections.unmodifiableSet(new LinkedHashSet<>(topics));
    if (topics.isEmpty() == (pattern == null)) {
      throw new IllegalArgumentException("either topics or a pattern");
    }
    if (pattern != null && missing == MissingTopics.CREATE) {
      throw new IllegalArgumentException("a pattern names no topic to create");
    }
  }

  /** Topics by name. */
  public static Subscription topics(Set<String> topics) {
    return new Subscription(topics, null, MissingTopics.FAIL);
  }

  /**
   * Topics by pattern.
   *
   * @throws PatternSyntaxException where it is no regular expression of Java
   */
  public static Subscription pattern(String regex) {
    return new Subscription(Set.of(), Pattern.compile(regex), MissingTopics.FAIL);
  }

  /** The same, with another answer to topics that are not there at the start. */
  public Subscription whenMissing(MissingTopics missing) {
    return new Subscription(topics, pattern, missing);
  }

  /** Whether a topic of this name is read. */
  boolean matches(String topic) {
    return pattern == null ? topics.contains(topic) : pattern.matcher(topic).matches();
  }

  /** The names, or the pattern. */
  @Override
  public String toString() {
    return pattern == null ? String.join(", ", topics) : pattern.pattern();
  }
}
