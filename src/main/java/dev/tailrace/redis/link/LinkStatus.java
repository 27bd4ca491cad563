package dev.tailrace.redis.link;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a connection stands; a snapshot.
 *
 * @param connected whether the server answers
 * @param since since when that is so
 * @param error what happened last, or null while connected
 */
public record LinkStatus(boolean connected, Instant since, @Nullable String error) {
  /** Of both: they are connected where each is. */
  public LinkStatus with(LinkStatus other) {
    return new LinkStatus(
        connected && other.connected,
        since.isAfter(other.since) ? since : other.since,
        error != null ? error : other.error);
  }
}
