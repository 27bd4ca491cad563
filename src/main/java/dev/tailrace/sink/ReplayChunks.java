package dev.tailrace.sink;

import dev.tailrace.sink.ReplayChunk.Leaving;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Cuts what a box holds into chunks of those that are meant. Belongs to its loop. */
final class ReplayChunks {
  private final DeadLetterBox box;
  private final ReplayPlan plan;
  private final ReplayTally tally;
  private final ArrayDeque<DeadLetter> read = new ArrayDeque<>(); // event loop only

  ReplayChunks(DeadLetterBox box, ReplayPlan plan, ReplayTally tally) {
    this.box = box;
    this.plan = plan;
    this.tally = tally;
  }

  /** Reads on where all that was read is taken; completes with whether there is any letter. */
  Future<Boolean> ready() {
    if (!read.isEmpty()) {
      return Future.succeededFuture(true);
    }
    return box.next()
        .map(
            letters -> {
              read.addAll(letters);
              return !letters.isEmpty();
            });
  }

  /** The next one, of what was read; at most so many letters of it go on. */
  ReplayChunk take(long limit) {
    List<DeadLetter> handled = new ArrayList<>();
    List<Leaving> sent = new ArrayList<>();
    long most = Math.min(plan.pace().chunk(), limit);
    while (!read.isEmpty() && sent.size() < most) {
      DeadLetter letter = read.remove();
      handled.add(letter);
      tally.looked();
      if (!plan.meant().test(letter)) {
        tally.passed();
        continue;
      }
      Optional<SinkFactory> to = plan.destination().apply(letter);
      if (to.isPresent()) {
        sent.add(new Leaving(letter, to.get()));
      } else {
        tally.homeless(letter);
      }
    }
    return new ReplayChunk(handled, sent);
  }
}
