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
 */
public record Subscription(Set<String> topics, @Nullable Pattern pattern) {
  /** Copies the names, in their order; there is either a name or a pattern. */
  public Subscription {
    topics = Collections.unmodifiableSet(new LinkedHashSet<>(topics));
    if (topics.isEmpty() == (pattern == null)) {
      throw new IllegalArgumentException("either topics or a pattern");
    }
  }

  /** Topics by name. */
  public static Subscription topics(Set<String> topics) {
    return new Subscription(topics, null);
  }

  /**
   * Topics by pattern.
   *
   * @throws PatternSyntaxException where it is no regular expression of Java
   */
  public static Subscription pattern(String regex) {
    return new Subscription(Set.of(), Pattern.compile(regex));
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
