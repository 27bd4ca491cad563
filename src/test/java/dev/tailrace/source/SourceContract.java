package dev.tailrace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every source promises. Each source's test extends this with one partition or stream and one
 * group per test.
 */
public abstract class SourceContract {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int ALL = 10_000;

  private final Set<SourceHarness> open = new HashSet<>();

  /** A source of the partition or stream and the group of this test. */
  protected abstract Source source(SourceEnvironment environment);

  /** Writes messages with these bodies to the partition or stream, in order. */
  protected abstract void produce(List<String> bodies);

  @AfterEach
  void closeSources() {
    open.forEach(SourceHarness::close);
  }

  private SourceHarness member(String instance) {
    SourceHarness harness = new SourceHarness(instance, this::source);
    open.add(harness);
    return harness;
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).toList();
  }

  private static void awaitBodies(SourceHarness harness, List<String> bodies) {
    await().atMost(LIMIT).untilAsserted(() -> assertThat(harness.bodies()).isEqualTo(bodies));
  }

  @Test
  void everythingArrivesOnceAndInOrder() {
    produce(numbers(0, 200));

    SourceHarness member = member("a").open().credit(ALL);

    awaitBodies(member, numbers(0, 200));
    assertThat(member.arrived())
        .allSatisfy(delivery -> assertThat(delivery.bytes()).isPositive())
        .allSatisfy(delivery -> assertThat(delivery.finishedBefore()).isFalse());
  }

  @Test
  void nothingArrivesWithoutCredit() {
    SourceHarness member = member("a").open();
    await().atMost(LIMIT).until(() -> !member.assigned().isEmpty());
    produce(numbers(0, 10));
    SourceHarness.join(member.opening()); // a second open changes nothing

    assertThat(member.bodies()).isEmpty();
    member.credit(ALL);
    awaitBodies(member, numbers(0, 10));
  }

  @Test
  void whatIsSettledIsConfirmedByTheFlush() {
    produce(numbers(0, 20));
    SourceHarness member = member("a").open().credit(ALL);
    awaitBodies(member, numbers(0, 20));
    member.settle(member.arrived());

    Source.Flush flush = member.flush();

    assertThat(flush.pending()).isZero();
    assertThat(flush.unknown()).isZero();
    assertThat(flush.positions())
        .isNotEmpty()
        .allSatisfy(position -> assertThat(position.commit()).isEqualTo("ok"));
  }

  @Test
  void whatWasReleasedComesToTheNextOwnerAndWhatWasSettledDoesNot() {
    produce(numbers(0, 20));
    SourceHarness first = member("a").open().credit(ALL);
    awaitBodies(first, numbers(0, 20));
    List<Delivery> arrived = first.arrived();
    first.closeIntake();
    first.settle(arrived.subList(0, 5));
    first.settle(arrived.subList(10, 20)); // with a hole below them
    first.release(arrived.subList(5, 10));
    first.flush();
    first.giveBack();
    first.closeSource();

    SourceHarness second = member("b").open().credit(ALL);

    await().atMost(LIMIT).untilAsserted(() -> assertThat(toRun(second)).isEqualTo(numbers(5, 10)));
  }

  /** The bodies of what has to be run: what finished in an earlier epoch is not. */
  private static List<String> toRun(SourceHarness harness) {
    return harness.arrived().stream()
        .filter(delivery -> !delivery.finishedBefore())
        .map(delivery -> String.valueOf(delivery.message().body()))
        .toList();
  }

  @Test
  void nothingArrivesAfterTheIntakeIsClosed() {
    SourceHarness member = member("a").open().credit(ALL);
    await().atMost(LIMIT).until(() -> !member.assigned().isEmpty());
    produce(numbers(0, 5));
    awaitBodies(member, numbers(0, 5));

    member.closeIntake();
    produce(numbers(5, 10));
    member.settle(member.arrived());
    member.flush();

    assertThat(member.bodies()).isEqualTo(numbers(0, 5));
    member.closeSource();
    SourceHarness next = member("b").open().credit(ALL);
    awaitBodies(next, numbers(5, 10));
  }

  @Test
  void closingTwiceOrBeforeOpeningIsFine() {
    SourceHarness never = member("a");
    never.closeIntake();
    never.flush();
    never.giveBack();
    never.closeSource();

    SourceHarness opened = member("b").open();
    opened.closeSource();
    opened.closeSource();

    assertThat(opened.flush().pending()).isZero();
  }
}
