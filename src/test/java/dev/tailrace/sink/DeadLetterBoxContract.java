package dev.tailrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.message.Headers;
import dev.tailrace.sink.DeadLetterBox.Ahead;
import dev.tailrace.sink.DeadLetterBox.Purged;
import dev.tailrace.sink.DeadLetterBox.Start;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * What every reading end of dead letters promises. Each one's test extends this, and says how it is
 * made and called; each test method finds a destination of its own, empty and with one partition.
 */
public abstract class DeadLetterBoxContract {
  private static final String MARK = "worker.dlq-replay.all";

  /** Makes a box for the destination under test, in a turn of the loop; connects nothing. */
  protected abstract DeadLetterBox make();

  /** Calls in a turn of the loop and waits for the result. */
  protected abstract <T> T call(Supplier<Future<T>> turn);

  /** Puts letters there, in order. */
  protected abstract void put(List<OutgoingMessage> letters);

  @Test
  protected void whereNothingLiesNothingIsFound() {
    DeadLetterBox box = open();
    assertThat(start(box, Start.reading(null)).letters()).isZero();
    assertThat(rest(box)).isEmpty();
    assertThat(call(() -> box.purge(any -> true, false))).isEqualTo(new Purged(0, 0));
  }

  @Test
  protected void keyBodyAndHeadersAreReadByteForByte() {
    byte[] bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    Headers headers =
        Headers.empty().with("traceparent", Buffer.buffer(bytes)).with("a", "1").with("a", "2");
    put(List.of(new OutgoingMessage(Buffer.buffer(bytes), Buffer.buffer(bytes), headers)));
    DeadLetterBox box = open();
    start(box, Start.reading(null));

    DeadLetter read = call(box::next).get(0);

    assertThat(read.message().key()).isEqualTo(Buffer.buffer(bytes));
    assertThat(read.message().body()).isEqualTo(Buffer.buffer(bytes));
    assertThat(read.message().headers()).isEqualTo(headers);
  }

  @Test
  protected void lettersAreReadInOrderAndThoseThatCameLaterAreLeft() {
    fill(0, 1_200);
    DeadLetterBox box = open();
    fill(1_200, 10);

    assertThat(start(box, Start.reading(null)).letters()).isEqualTo(1_200);
    assertThat(rest(box)).isEqualTo(bodies(0, 1_200));
    start(box, Start.reading(null));
    assertThat(rest(box)).hasSize(1_200);
    assertThat(call(box::next)).isEmpty();
  }

  @Test
  protected void aTimeBeginsWithTheFirstThatWasWrittenThen() {
    fill(0, 1);
    Instant first = oldest();
    await().until(() -> Instant.now().isAfter(first.plusMillis(2)));
    fill(1, 1);
    DeadLetterBox box = open();

    start(box, Start.reading(first));
    assertThat(rest(box)).isEqualTo(bodies(0, 2));
    start(box, Start.reading(first.plusMillis(1)));
    assertThat(rest(box)).isEqualTo(bodies(1, 1));
    start(box, Start.reading(Instant.now().plusSeconds(60)));
    assertThat(rest(box)).isEmpty();
  }

  @Test
  protected void whatWasKeptIsWhereTheNextOneOfThatNameGoesOn() {
    fill(0, 20);
    DeadLetterBox box = open();
    Ahead fresh = start(box, marked(MARK, false));
    assertThat(fresh.resumed()).isFalse();
    List<DeadLetter> read = call(box::next);
    call(() -> box.keep(read.subList(0, 5)));
    call(box::close);
    fill(20, 5);

    DeadLetterBox next = open();
    Ahead resumed = start(next, marked(MARK, false));

    assertThat(resumed.resumed()).isTrue();
    assertThat(resumed.round()).isEqualTo(1);
    assertThat(resumed.letters()).isBetween(20L, 25L);
    assertThat(rest(next)).isEqualTo(bodies(5, 20));
    assertThat(start(next, marked("worker.dlq-replay.other", false)).resumed()).isFalse();
    assertThat(rest(next)).isEqualTo(bodies(0, 25));
  }

  @Test
  protected void aPlaceBeforeTheTimeIsNotGoneBackTo() {
    fill(0, 2);
    DeadLetterBox box = open();
    start(box, marked(MARK, false));
    List<DeadLetter> read = new ArrayList<>(call(box::next));
    call(() -> box.keep(read.subList(0, 1)));

    start(box, new Start(Instant.now().plusSeconds(60), MARK, false));

    assertThat(rest(box)).isEmpty();
  }

  @Test
  protected void anotherRoundBeginsWithTheFirstAndIsRemembered() {
    fill(0, 10);
    DeadLetterBox box = open();
    start(box, marked(MARK, false));
    List<DeadLetter> read = call(box::next);
    call(() -> box.keep(read));

    assertThat(start(box, marked(MARK, true)).round()).isEqualTo(2);
    assertThat(rest(box)).isEqualTo(bodies(0, 10));

    DeadLetterBox killedBeforeItKeptAnything = open();
    assertThat(start(killedBeforeItKeptAnything, marked(MARK, false)).round()).isEqualTo(2);
    assertThat(rest(killedBeforeItKeptAnything)).isEqualTo(bodies(0, 10));
  }

  @Test
  protected void aPurgeDeletesWhatComesFirstAndADryOneNothing() {
    fill(0, 600);
    DeadLetterBox box = open();

    assertThat(call(() -> box.purge(new First(550), true))).isEqualTo(new Purged(550, 550));
    assertThat(call(() -> box.purge(new First(550), false))).isEqualTo(new Purged(550, 550));

    DeadLetterBox after = open();
    start(after, Start.reading(null));
    assertThat(rest(after)).isEqualTo(bodies(550, 50));
    call(() -> after.purge(any -> true, false));
    DeadLetterBox empty = open();
    start(empty, Start.reading(null));
    assertThat(rest(empty)).isEmpty();
  }

  @Test
  protected void closingTwiceIsFine() {
    DeadLetterBox box = open();
    call(box::close);
    call(box::close);
    call(() -> make().close());
  }

  /** The first so many. */
  private static final class First implements Predicate<DeadLetter> {
    private int left;

    First(int count) {
      left = count;
    }

    @Override
    public boolean test(DeadLetter letter) {
      return left-- > 0;
    }
  }

  private static Start marked(String name, boolean again) {
    return new Start(null, name, again);
  }

  private DeadLetterBox open() {
    DeadLetterBox box = call(() -> Future.succeededFuture(make()));
    call(box::open);
    return box;
  }

  private Ahead start(DeadLetterBox box, Start start) {
    return call(() -> box.start(start));
  }

  private Instant oldest() {
    DeadLetterBox box = open();
    start(box, Start.reading(null));
    return call(box::next).get(0).writtenAt();
  }

  private List<String> rest(DeadLetterBox box) {
    List<String> bodies = new ArrayList<>();
    for (List<DeadLetter> letters = call(box::next);
        !letters.isEmpty();
        letters = call(box::next)) {
      letters.forEach(letter -> bodies.add(String.valueOf(letter.message().body())));
    }
    return bodies;
  }

  private void fill(int from, int count) {
    put(
        bodies(from, count).stream()
            .map(body -> new OutgoingMessage(null, Buffer.buffer(body), Headers.empty()))
            .toList());
  }

  private static List<String> bodies(int from, int count) {
    List<String> bodies = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      bodies.add("body-" + i);
    }
    return bodies;
  }
}
