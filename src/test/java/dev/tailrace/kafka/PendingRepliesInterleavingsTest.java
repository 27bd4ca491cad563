package dev.tailrace.kafka;

import dev.tailrace.interleaving.Interleavings;
import dev.tailrace.interleaving.QueuedLoop;
import dev.tailrace.interleaving.Race;
import dev.tailrace.runtime.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whichever threads answer while the batch is given up, it is answered once and as a whole. */
final class PendingRepliesInterleavingsTest {
  @Test
  void aBatchIsAnsweredOnceAndAsAWhole() {
    Interleavings.ofStory(
        "PendingReplies",
        () -> {
          QueuedLoop loop = new QueuedLoop();
          PendingReplies<Integer> replies = new PendingReplies<>(loop, 2);
          Race.between(
              () -> replies.answer(0, Reply.ok(10)),
              () -> replies.answer(1, Reply.ok(11)),
              loop::drain);
          loop.drain();
          Race.require(values(replies).equals(List.of(10, 11)), "not all: " + values(replies));
        });
  }

  @Test
  void whoeverAnswersLateChangesNothing() {
    Interleavings.ofStory(
        "PendingReplies",
        () -> {
          QueuedLoop loop = new QueuedLoop();
          PendingReplies<Integer> replies = new PendingReplies<>(loop, 2);
          replies.answer(0, Reply.ok(10));
          Race.between(() -> replies.answer(1, Reply.ok(11)), () -> replies.giveUp(Reply.ok(-1)));
          List<Integer> first = values(replies);
          loop.drain();
          Race.require(first.get(0) == 10 && values(replies).equals(first), "changed: " + first);
        });
  }

  private static List<Integer> values(PendingReplies<Integer> replies) {
    return replies.all().result().stream()
        .map(reply -> ((Reply.Ok<Integer>) reply).value())
        .toList();
  }
}
