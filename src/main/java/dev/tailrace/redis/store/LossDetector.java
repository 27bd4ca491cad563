package dev.tailrace.redis.store;

import dev.tailrace.idempotency.StoreMemory;
import dev.tailrace.redis.store.StoreOperations.Sight;

/**
 * Knows what a store has lost, by two keys on its server. Belongs to one loop.
 *
 * <p>The canary, a key beside the records, which nobody removes, holds the moment at which it was
 * set, and goes with them. Every claim looks at it, and sets it where it is gone: so no claim is
 * won in a store that has forgotten others without a newer moment, and who comes after a loss that
 * no process lived through finds that moment, too.
 *
 * <p>A server that was started again, or that took another's place, may lack what was written last,
 * and nothing else. Another key has the server's run id, and when something was written last; with
 * it, whoever comes first to the new server finds how far that knows the old one's life. Where
 * something was confirmed here after that, it is lost.
 */
final class LossDetector implements LossWatch {
  private final String key;

  private StoreMemory memory = new StoreMemory() {}; // event loop only
  private long since; // event loop only; 0 where it is not known yet
  private long began; // event loop only: of the server's life; 0 where it is not known
  private long confirmed; // event loop only: when what we know to be written last was

  /** By the canary that lies at {@code key}. */
  LossDetector(String key) {
    this.key = key;
  }

  @Override
  public void onMemory(StoreMemory listener) {
    memory = listener;
  }

  @Override
  public void saw(Sight sight) {
    boolean forgotten = sight.since() != 0 && sight.since() != since;
    if (forgotten) {
      boolean lost = since != 0;
      since = sight.since();
      memory.remembers(sight.since());
      if (lost) {
        memory.lost(key + " is gone, and with it what was finished: messages may repeat");
      }
    }
    if (sight.began() != 0) {
      sawLife(sight, forgotten);
    }
  }

  private void sawLife(Sight sight, boolean forgotten) {
    if (sight.began() != began && !forgotten) {
      if (sight.tail() != 0) {
        memory.forgot(sight.tail(), sight.began());
      }
      if (began != 0 && confirmed > sight.tail()) {
        memory.lost(
            "the server was started again, or replaced, without the last %d ms of what it had confirmed: messages that finished then may repeat"
                .formatted((confirmed - sight.tail()) / 1_000));
      }
    }
    confirmed = sight.began() == began ? Math.max(confirmed, sight.now()) : sight.now();
    began = sight.began();
  }
}
