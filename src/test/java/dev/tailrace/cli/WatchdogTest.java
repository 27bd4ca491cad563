package dev.tailrace.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.app.DrainReport;
import dev.tailrace.app.PoolIdentity;
import dev.tailrace.lifecycle.DrainBudget;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.DrainProgress;
import dev.tailrace.lifecycle.Phase;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.observe.MessageCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WatchdogTest {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final List<DrainReport> written = new ArrayList<>();
  private final List<Integer> halts = new ArrayList<>();
  private long now = 1_000;
  private @Nullable DrainProgress progress;
  private @Nullable DrainReport report;

  @Test
  void itWaitsForEverWhereNothingDrains() {
    Watchdog watchdog = watchdog(written::add);
    now += Duration.ofDays(300).toNanos();

    assertThat(watchdog.expired()).isFalse();
  }

  @Test
  void itStrikesAfterTheDeadlineOfTheDrainAndNotBefore() {
    Watchdog watchdog = watchdog(written::add);
    progress = draining(now);

    now += DEADLINE.toNanos();
    assertThat(watchdog.expired()).isFalse();

    now += Watchdog.GRACE.toNanos() + 1;
    assertThat(watchdog.expired()).isTrue();
  }

  @Test
  void whateverItHasToDoItIsDoneHalfASecondAfterTheDeadline() {
    Duration most =
        Watchdog.GRACE.plus(Watchdog.LOOK).plus(Watchdog.LONGEST_WRITE).plus(Watchdog.LONGEST_HALT);

    assertThat(most).isLessThanOrEqualTo(Duration.ofMillis(500));
  }

  @Test
  void itStrikesWhereThePoolNeverBeganTheDrainItWasAskedFor() {
    Watchdog watchdog = watchdog(written::add);
    watchdog.arm(DEADLINE);
    now += Duration.ofSeconds(5).toNanos();
    watchdog.arm(DEADLINE); // a later wish never extends it

    now += Duration.ofSeconds(5).plus(Watchdog.GRACE).toNanos() + 1;

    assertThat(watchdog.expired()).isTrue();
  }

  @Test
  void itWritesTheReportAsFarAsItIsKnownAndHaltsWithFour() {
    report = report(ExitCode.OK, false);

    watchdog(written::add).strike();

    assertThat(written).containsExactly(report);
    assertThat(halts).containsExactly(ExitCode.INCOMPLETE);
  }

  @Test
  void itHaltsWithTheCodeOfTheReportWhereOnlyTheExitHung() {
    report = report(ExitCode.OK, true);

    watchdog(written::add).strike();

    assertThat(halts).containsExactly(ExitCode.OK);
  }

  @Test
  void itHaltsThoughWritingHangs() {
    report = report(ExitCode.OK, false);
    CountDownLatch never = new CountDownLatch(1);

    watchdog(
            ignored -> {
              try {
                never.await();
              } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
              }
            })
        .strike();

    assertThat(halts).containsExactly(ExitCode.INCOMPLETE);
    never.countDown();
  }

  @Test
  void itHaltsThoughTheReportCannotBeMade() {
    Watchdog watchdog =
        new Watchdog(
            () -> now,
            Optional::empty,
            () -> {
              throw new OutOfMemoryError("planted");
            },
            new Watchdog.Last(written::add, halts::add));

    assertThatThrownBy(watchdog::strike).isInstanceOf(OutOfMemoryError.class);

    assertThat(halts).containsExactly(ExitCode.INCOMPLETE);
  }

  @Test
  void itsThreadStrikesByItself() throws Exception {
    CompletableFuture<Integer> halted = new CompletableFuture<>();
    Watchdog watchdog =
        new Watchdog(
            System::nanoTime,
            () -> Optional.of(draining(System.nanoTime() - Duration.ofMinutes(1).toNanos())),
            Optional::empty,
            new Watchdog.Last(written::add, halted::complete));

    watchdog.start();

    assertThat(halted.get(60, SECONDS)).isEqualTo(ExitCode.INCOMPLETE);
  }

  private Watchdog watchdog(Consumer<DrainReport> write) {
    return new Watchdog(
        () -> now,
        () -> Optional.ofNullable(progress),
        () -> Optional.ofNullable(report),
        new Watchdog.Last(write, halts::add));
  }

  private static DrainProgress draining(long since) {
    DrainBudget budget = DrainBudget.of(DrainConfig.within(DEADLINE), Duration.ofSeconds(1));
    return new DrainProgress(
        Instant.EPOCH, since, budget, Phase.DRAIN, Duration.ofSeconds(1), List.of());
  }

  private static DrainReport report(int exitCode, boolean complete) {
    return new DrainReport(
        PoolIdentity.of("test", "test-0"),
        "",
        new Trigger(Trigger.Kind.SIGTERM, "SIGTERM"),
        DrainConfig.Strategy.BOUNDED,
        null,
        exitCode,
        new DrainReport.Timing(Instant.EPOCH, Instant.EPOCH, Duration.ZERO, DEADLINE),
        List.of(),
        new DrainReport.Messages(MessageCounts.NONE, MessageCounts.NONE, 0, List.of()),
        List.of(),
        List.of(),
        List.of(),
        complete);
  }
}
