package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.runtime.FailPoint;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process kills itself at a fail point only where it was told to, and only there. */
final class DeathsTest {
  private final AtomicInteger deaths = new AtomicInteger();

  @AfterEach
  void disarm() {
    FailPoint.install(null);
  }

  @Test
  void withoutThePropertyNothingIsArmed() {
    Deaths.arm(null, () -> deaths::incrementAndGet);

    reachAll();

    assertThat(deaths).hasValue(0);
  }

  @Test
  void itDiesAtItsPointTheFirstTime() {
    Deaths.arm("before-mark", () -> deaths::incrementAndGet);

    FailPoint.BEFORE_CLAIM.reach();
    assertThat(deaths).hasValue(0);
    FailPoint.BEFORE_MARK.reach();
    assertThat(deaths).hasValue(1);
  }

  @Test
  void itDiesAtTheTimeThatWasCounted() {
    Deaths.arm("phase-settle:3", () -> deaths::incrementAndGet);

    reachAll();
    reachAll();
    assertThat(deaths).hasValue(0);
    reachAll();
    assertThat(deaths).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nowhere", "before-mark:", "before-mark:0", "before-mark:x"})
  void aPointThatIsNoneIsAMistakeAndNamesThoseThatAre(String wish) {
    assertThatThrownBy(() -> Deaths.arm(wish, () -> deaths::incrementAndGet))
        .isInstanceOfSatisfying(
            CommandException.class,
            refused -> assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining("before-claim, before-effect, before-mark");
  }

  private static void reachAll() {
    for (FailPoint point : FailPoint.values()) {
      point.reach();
    }
  }
}
