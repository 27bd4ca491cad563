package dev.tailrace.chaos;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One process more for a while: two rebalances. */
final class JoinAndLeave implements Fault {
  private @Nullable Seat joined; // the round's thread

  @Override
  public String name() {
    return "join and leave";
  }

  @Override
  public void inject(Scene scene) {
    joined = scene.fleet().join();
  }

  @Override
  public Duration lasts() {
    return Duration.ofSeconds(6);
  }

  @Override
  public void heal(Scene scene) {
    if (joined != null) {
      joined.leave();
    }
  }
}
