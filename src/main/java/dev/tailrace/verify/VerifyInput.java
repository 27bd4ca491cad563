package dev.tailrace.verify;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the checker reads.
 *
 * @param events event logs, one per process; the rotated parts beside each are read too
 * @param effects what an outside witness saw, or null: JSON lines {@code {"pipeline":"orders",
 *     "msg":"orders/2@57"}}, one per effect
 * @param committed what the broker says at the end, or null: JSON lines {@code
 *     {"pipeline":"orders","source":"orders/2","committed":"58"}}, the next position to be read; of
 *     a stream, the id below which all entries are acknowledged
 * @param reports drain reports as JSON, one or more per file
 * @param expectations what is known of the run
 */
public record VerifyInput(
    List<Path> events,
    @Nullable Path effects,
    @Nullable Path committed,
    List<Path> reports,
    Expectations expectations) {

  /** Copies the lists. */
  public VerifyInput {
    events = List.copyOf(events);
    reports = List.copyOf(reports);
  }

  /** Event logs alone. */
  public static VerifyInput of(List<Path> events) {
    return new VerifyInput(events, null, null, List.of(), Expectations.NONE);
  }
}
