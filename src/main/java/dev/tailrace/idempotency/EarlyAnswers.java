package dev.tailrace.idempotency;

import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Answers that nobody waits for any longer than until the store is known to be away: then they are
 * unknown, while what was asked for is still sent again. Bounded by its callers, who each hold a
 * claim. Belongs to its loop.
 */
final class EarlyAnswers {
  private final Set<Early> open = new LinkedHashSet<>(); // event loop only

  /** An answer that is awaited. */
  private static final class Early {
    private final Promise<Reply<Boolean>> answer = Promise.promise();
    private final Runnable given; // called where it is answered before the store has

    Early(Runnable given) {
      this.given = given;
    }
  }

  /** The store's answer, or unknown from {@link #give} on. */
  Future<Reply<Boolean>> of(Future<Reply<Boolean>> sent, Runnable given) {
    if (sent.isComplete()) {
      return sent;
    }
    Early early = new Early(given);
    open.add(early);
    sent.onComplete(
        answer -> {
          if (open.remove(early)) {
            early.answer.handle(answer);
          }
        });
    return early.answer.future();
  }

  /** The store is away: all who wait are told so. */
  void give(Throwable away) {
    List<Early> all = new ArrayList<>(open);
    open.clear();
    for (Early early : all) {
      early.given.run();
      early.answer.complete(Reply.unknown(away));
    }
  }
}
