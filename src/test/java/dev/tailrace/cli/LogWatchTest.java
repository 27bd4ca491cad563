package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.app.PoolStatus.Dependency;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** When the log says that a start waits for somebody. */
final class LogWatchTest {
  private static final Instant START = Instant.EPOCH;

  @Test
  void aBrokerThatIsJustConnectingIsNotCalledAwaited() {
    Dependency fresh = new Dependency("kafka orders", "disconnected", START, "no answer yet");

    assertThat(LogWatch.isAwaited(fresh, START.plus(Duration.ofMillis(1_999)))).isFalse();
    assertThat(LogWatch.isAwaited(fresh, START.plusSeconds(2))).isTrue();
  }

  @Test
  void oneThatIsConnectedIsNeverAwaited() {
    Dependency up = new Dependency("kafka orders", "connected", START, null);

    assertThat(LogWatch.isAwaited(up, START.plusSeconds(60))).isFalse();
  }
}
