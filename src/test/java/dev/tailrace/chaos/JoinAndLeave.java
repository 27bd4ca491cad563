package dev.tailrace.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Some processes more for a while: as many rebalances, twice. */
final class JoinAndLeave implements Fault {
  private final int others;
  private final List<Seat> joined = new ArrayList<>(); // the round's thread

  /** A fault. */
  JoinAndLeave(int others) {
    this.others = others;
  }

  @Override
  public String name() {
    return others == 1 ? "join and leave" : "join and leave, " + others + " at once";
  }

  @Override
  public void inject(Scene scene) {
    for (int i = 0; i < others; i++) {
      joined.add(scene.fleet().join());
    }
  }

  @Override
  public Duration lasts() {
    return Duration.ofSeconds(6);
  }

  @Override
  public void heal(Scene scene) {
    joined.forEach(Seat::leave);
  }
}
