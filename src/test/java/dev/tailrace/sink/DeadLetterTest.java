package dev.tailrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Origin;
import dev.tailrace.message.TestMessage;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
  private static final Instant WRITTEN = Instant.parse("2026-01-31T10:00:00Z");

  @Test
  void copiesOfOneLetterHaveOneReplayIdWhereverTheyLie() {
    DeadLetter one = letter(5, "orders/1@33", "2026-01-01T00:00:00Z");
    DeadLetter copy = letter(9, "orders/1@33", "2026-01-01T00:00:00Z");
    assertThat(copy.replayId(1)).isEqualTo(one.replayId(1)).startsWith("orders/1@33~");
  }

  @Test
  void anotherMessageAnotherRoundAndATopicMadeAnewHaveIdsOfTheirOwn() {
    Set<String> ids =
        Set.of(
            letter(5, "orders/1@33", "2026-01-01T00:00:00Z").replayId(1),
            letter(5, "orders/1@34", "2026-01-01T00:00:00Z").replayId(1),
            letter(5, "orders/1@33", "2026-01-02T00:00:00Z").replayId(1),
            letter(5, "orders/1@33", "2026-01-01T00:00:00Z").replayId(2));
    assertThat(ids).hasSize(4);
  }

  @Test
  void aMessageThatDiesAgainIsRevivedWithTheLatestIdAlone() {
    Headers headers =
        Headers.empty()
            .with("id", "a")
            .with(Headers.REPLAY_ID, "first")
            .with(Headers.REPLAY_PIPELINE, "orders")
            .with(DeadLetterHeaders.ORIGIN, "orders/1@700")
            .with(DeadLetterHeaders.PIPELINE, "orders");
    DeadLetter again = new DeadLetter(message(7, headers));

    Headers revived = again.revived(1).headers();

    assertThat(revived)
        .isEqualTo(
            Headers.empty()
                .with("id", "a")
                .with(Headers.REPLAY_ID, again.replayId(1))
                .with(Headers.REPLAY_PIPELINE, "orders"));
  }

  @Test
  void whatOthersHavePutThereIsReadAsNothingSaid() {
    DeadLetter foreign = new DeadLetter(message(3, Headers.empty()));
    assertThat(foreign.origin()).isEmpty();
    assertThat(foreign.reason()).isEmpty();
    assertThat(foreign.replayId(1)).startsWith("orders.dlq/0@3~");
    assertThat(letter(3, "nowhere", "never").origin()).isEmpty();
    assertThat(letter(3, "a@b/0@7", "never").origin()).contains(Origin.offset("a@b/0", 7));
    assertThat(letter(3, "a@b@17-0", "never").origin()).contains(Origin.entry("a@b", 17, 0));
  }

  @Test
  void aFilterLetsThroughWhatMeetsAllThatIsSet() {
    DeadLetter letter =
        new DeadLetter(
            message(
                1,
                Headers.empty()
                    .with(DeadLetterHeaders.PIPELINE, "orders")
                    .with(DeadLetterHeaders.REASON, "timed out")));
    assertThat(DeadLetterFilter.ALL.test(letter)).isTrue();
    assertThat(filter("orders", Set.of("x", "timed out"), WRITTEN, "key").test(letter)).isTrue();
    assertThat(filter("payments", Set.of(), null, null).test(letter)).isFalse();
    assertThat(filter(null, Set.of("timed"), null, null).test(letter)).isFalse();
    assertThat(filter(null, Set.of(), WRITTEN.plusMillis(1), null).test(letter)).isFalse();
    assertThat(filter(null, Set.of(), null, "other").test(letter)).isFalse();
  }

  private static DeadLetterFilter filter(
      @Nullable String pipeline,
      Set<String> reasons,
      @Nullable Instant since,
      @Nullable String key) {
    return new DeadLetterFilter(pipeline, reasons, since, key == null ? null : Buffer.buffer(key));
  }

  private static DeadLetter letter(long position, String origin, String originTime) {
    return new DeadLetter(
        message(
            position,
            Headers.empty()
                .with(DeadLetterHeaders.ORIGIN, origin)
                .with(DeadLetterHeaders.ORIGIN_TIMESTAMP, originTime)));
  }

  private static TestMessage message(long position, Headers headers) {
    return new TestMessage(
        Origin.offset("orders.dlq/0", position),
        Buffer.buffer("key"),
        Buffer.buffer("body"),
        headers,
        WRITTEN);
  }
}
