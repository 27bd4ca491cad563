package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.app.DrainReport.FlushLine;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.source.Source.CommittedPosition;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A drain is clean only where nothing is left, and all that was written is confirmed. */
final class DrainLedgerTest {
  /** Ten came, two were done before the drain; 3 execute, 4 are buffered, 1 is parked. */
  private static final MessageCounts START =
      new MessageCounts(10, Map.of(Finish.DONE, 2L), 0, 0, 3, 4, 1, 80);

  @Test
  void aDrainThatFinishedOrReleasedEverythingAndHasItConfirmedIsClean() {
    DrainLedger ledger = ledger(end(5, 3, 0, 0), List.of(at("ok")), List.of(line(0, 0)));
    assertThat(ledger.clean()).isTrue();
    assertThat(ledger.messages().abandoned()).isZero();
    assertThat(accounted(ledger)).isEqualTo(START.inFlight());
  }

  @Test
  void whatWasAbandonedIsNeitherFinishedNorReleased() {
    DrainLedger ledger = ledger(end(5, 1, 2, 0), List.of(at("ok")), List.of());
    assertThat(ledger.clean()).isFalse();
    assertThat(ledger.messages().abandoned()).isEqualTo(2);
    assertThat(ledger.messages().since().finishedTotal()).isEqualTo(5);
    assertThat(ledger.messages().since().released()).isEqualTo(1);
    assertThat(accounted(ledger)).isEqualTo(START.inFlight());
  }

  @Test
  void whatIsStillInFlightAtTheEndCountsAsAbandoned() {
    DrainLedger ledger = ledger(end(5, 1, 1, 1), List.of(at("ok")), List.of());
    assertThat(ledger.clean()).isFalse();
    assertThat(ledger.messages().abandoned()).isEqualTo(2);
    assertThat(accounted(ledger)).isEqualTo(START.inFlight());
  }

  @ParameterizedTest
  @ValueSource(strings = {"unknown", "failed"})
  void aPositionThatIsNotConfirmedIsNotClean(String commit) {
    DrainLedger ledger = ledger(end(5, 3, 0, 0), List.of(at("ok"), at(commit)), List.of());
    assertThat(ledger.clean()).isFalse();
  }

  @Test
  void aWriteThatIsPendingOrUnknownIsNotClean() {
    List<CommittedPosition> confirmed = List.of(at("ok"));
    assertThat(ledger(end(5, 3, 0, 0), confirmed, List.of(line(1, 0))).clean()).isFalse();
    assertThat(ledger(end(5, 3, 0, 0), confirmed, List.of(line(0, 1))).clean()).isFalse();
  }

  @Test
  void aConsumerThatHasNotSettledMakesTheWholeNotClean() {
    DrainLedger clean = ledger(end(5, 3, 0, 0), List.of(at("ok")), List.of());
    DrainLedger silent =
        new DrainLedger(START, START, List.of(), List.of(), List.of(), List.of(), false);
    DrainLedger both = clean.plus(silent);
    assertThat(both.clean()).isFalse();
    assertThat(both.messages().abandoned()).isEqualTo(START.inFlight());
    assertThat(clean.plus(clean).clean()).isTrue();
  }

  private static long accounted(DrainLedger ledger) {
    DrainReport.Messages messages = ledger.messages();
    return messages.since().finishedTotal() + messages.since().released() + messages.abandoned();
  }

  private static DrainLedger ledger(
      MessageCounts now, List<CommittedPosition> positions, List<FlushLine> flushes) {
    return new DrainLedger(START, now, List.of(), positions, flushes, List.of(), true);
  }

  private static MessageCounts end(long done, long released, long abandoned, int executing) {
    return new MessageCounts(
        10, Map.of(Finish.DONE, 2 + done), released, abandoned, executing, 0, 0, 0);
  }

  private static CommittedPosition at(String commit) {
    return new CommittedPosition("orders/0", "7", commit);
  }

  private static FlushLine line(long pending, long unknown) {
    return new FlushLine("marks", 5, pending, unknown);
  }
}
