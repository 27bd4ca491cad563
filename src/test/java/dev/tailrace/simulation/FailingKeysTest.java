package dev.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatch.Order;
import dev.tailrace.message.Message;
import dev.tailrace.observe.Finish;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.processing.RetryPolicy.OnExhausted;
import dev.tailrace.processing.RetryPolicy.Overflow;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thirty per cent of the keys always fail: what becomes of their messages, and of the others. */
class FailingKeysTest {
  private static final int MESSAGES = 600;
  private static final int KEYS = 60;
  private static final int ATTEMPTS = 5;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void eachMessageThatAlwaysFailsHasItsAttemptsAndOneLetterAndTheOthersAreDone(long seed) {
    FailingKeys run = run(seed, 256, RetryPolicy.DEFAULT);

    for (Message message : run.all()) {
      boolean fails = isFailing(message);
      assertThat(run.calls(message)).as(message.toString()).isEqualTo(fails ? ATTEMPTS : 1);
      assertThat(run.letters(message)).as(message.toString()).isEqualTo(fails ? 1 : 0);
      assertThat(run.finished.get(message)).isEqualTo(fails ? Finish.DEAD_LETTERED : Finish.DONE);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void beyondTheCeilingAMessageWaitsWithItsPermitAndHasAllItsAttempts(long seed) {
    FailingKeys run = run(seed, 12, RetryPolicy.DEFAULT.with(Overflow.PAUSE));

    for (Message message : run.all()) {
      assertThat(run.calls(message)).isEqualTo(isFailing(message) ? ATTEMPTS : 1);
      assertThat(run.letters(message)).isEqualTo(isFailing(message) ? 1 : 0);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void beyondTheCeilingAMessageGoesToTheDeadLettersWhereThatIsTheOverflow(long seed) {
    FailingKeys run = run(seed, 12, RetryPolicy.DEFAULT.with(Overflow.DEAD_LETTER));

    int overflowed = 0;
    for (Message message : run.all()) {
      if (!isFailing(message)) {
        assertThat(run.finished.get(message)).isEqualTo(Finish.DONE);
        assertThat(run.calls(message)).isEqualTo(1);
        continue;
      }
      assertThat(run.reasons(message)).as(message.toString()).hasSize(1);
      if (run.reasons(message).get(0).equals("overflow: IllegalStateException")) {
        overflowed++;
        assertThat(run.calls(message)).isLessThan(ATTEMPTS);
      } else {
        assertThat(run.reasons(message)).containsExactly("IllegalStateException");
        assertThat(run.calls(message)).isEqualTo(ATTEMPTS);
      }
    }
    assertThat(overflowed).as("messages for which there was no room").isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void anExhaustedMessageIsDiscardedWhereThatIsItsEnd(long seed) {
    FailingKeys run = run(seed, 256, RetryPolicy.DEFAULT.with(OnExhausted.DISCARD));

    assertThat(run.letters.arrived()).isEmpty();
    for (Message message : run.all()) {
      assertThat(run.calls(message)).isEqualTo(isFailing(message) ? ATTEMPTS : 1);
      assertThat(run.finished.get(message))
          .isEqualTo(isFailing(message) ? Finish.DISCARDED : Finish.DONE);
    }
  }

  private static FailingKeys run(long seed, int parked, RetryPolicy retry) {
    FailingKeys run =
        new FailingKeys(
            seed, MESSAGES, KEYS, FailingKeys.limits(Order.KEY, 32, 512, parked), retry);
    run.fails = FailingKeysTest::isFailing;
    run.assign();
    run.runToTheEnd();
    return run;
  }

  /** Three keys of ten. */
  private static boolean isFailing(Message message) {
    String key = Objects.requireNonNull(message.key()).toString();
    return Integer.parseInt(key.substring(key.indexOf('-') + 1)) % 10 < 3;
  }
}
