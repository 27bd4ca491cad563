package dev.tailrace.sink;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The reading end of a destination of dead letters. It sees the letters that lie there when it is
 * opened, and none that come later. Belongs to one event loop; one call at a time.
 *
 * <p>Every call ends within a bounded time: it fails where the broker does not answer or refuses,
 * with words for the user. All may be called again then, save {@link #open}.
 */
public interface DeadLetterBox {
  /** Where the letters lie, for people: {@code kafka orders.dlq}. */
  String destination();

  /** Connects, and looks where the letters end now. */
  Future<Void> open();

  /**
   * Where to begin.
   *
   * @param since with the first letter written then or later; null for the first of all
   * @param bookmark a position of this name that {@link #keep} has kept comes before {@code since};
   *     null where nothing is to be kept
   * @param again forgets the bookmark's position, and begins another round
   */
  record Start(@Nullable Instant since, @Nullable String bookmark, boolean again) {
    /** Reads without keeping a position. */
    public static Start reading(@Nullable Instant since) {
      return new Start(since, null, false);
    }
  }

  /**
   * What lies ahead.
   *
   * @param letters at most so many
   * @param round of the bookmark, from 1
   * @param resumed whether a position had been kept
   */
  record Ahead(long letters, int round, boolean resumed) {}

  /** Goes where the next letters are to be read; may be called again. */
  Future<Ahead> start(Start start);

  /** The next letters, some hundreds at most; an empty list is the end. */
  Future<List<DeadLetter>> next();

  /**
   * Keeps in the bookmark that these letters, and those read before them, are dealt with; completes
   * when the broker has confirmed it.
   */
  Future<Void> keep(List<DeadLetter> handled);

  /**
   * What a purge came to.
   *
   * @param matching letters that are meant
   * @param deleted those of them that are gone now, or would be
   */
  record Purged(long matching, long deleted) {}

  /**
   * Deletes, from the beginning on, the letters that are meant; where the broker can only cut off
   * what comes first, those that have no other before them.
   *
   * @param meant is asked for each letter once, in the order of each partition, by one thread
   * @param dryRun only counts
   */
  Future<Purged> purge(Predicate<DeadLetter> meant, boolean dryRun);

  /** Frees connections, and never fails; what is under way fails. */
  Future<Void> close();
}
