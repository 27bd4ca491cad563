package dev.tailrace.sink;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are meant: those that meet all that is set. Immutable.
 *
 * @param pipeline died in this one; null for any
 * @param reasons died for one of these; empty for any
 * @param since were written then or later; null for any time
 * @param key has exactly these bytes; null for any
 */
public record DeadLetterFilter(
    @Nullable String pipeline, Set<String> reasons, @Nullable Instant since, @Nullable Buffer key)
    implements Predicate<DeadLetter> {
  /** Lets all through. */
  public static final DeadLetterFilter ALL = new DeadLetterFilter(null, Set.of(), null, null);

  /** Copies the reasons. */
  public DeadLetterFilter {
    reasons = Set.copyOf(reasons);
  }

  @Override
  public boolean test(DeadLetter letter) {
    return (pipeline == null || pipeline.equals(letter.pipeline()))
        && (reasons.isEmpty() || reasons.contains(letter.reason()))
        && (since == null || !letter.writtenAt().isBefore(since))
        && (key == null || key.equals(letter.message().key()));
  }
}
