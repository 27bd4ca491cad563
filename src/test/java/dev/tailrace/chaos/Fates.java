package dev.tailrace.chaos;

import dev.tailrace.runtime.FailPoint;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** What becomes of the processes of a round. Thread-safe. */
interface Fates {
  /** Of the process that starts next. */
  Fate next();

  /**
   * What became of one.
   *
   * @param came whether it died where it was fated to, or was stopped as it was
   */
  default void fulfilled(Fate fate, boolean came) {}

  /** Whether all that was to happen has happened. */
  default boolean exhausted() {
    return false;
  }

  /** Drawn by chance, for as long as the round lasts. */
  static Fates drawn(Plan.Mix mix, Random random) {
    return () -> {
      synchronized (random) {
        return draw(mix, random);
      }
    };
  }

  /** Every fail point once, and some deaths at random; one that did not come is eased, put back. */
  static Fates each(int atRandom, Random random) {
    List<Fate> all = new ArrayList<>();
    for (FailPoint point : FailPoint.values()) {
      all.add(at(point, random, 200));
    }
    for (int i = 0; i < atRandom; i++) {
      all.add(Fate.killed(millis(random, 500, 2_500)));
    }
    Collections.shuffle(all, random);
    return new Quota(all);
  }

  /** Some fail points, each as often, and some deaths at random. */
  static Fates some(List<FailPoint> points, int times, int atRandom, Random random) {
    List<Fate> all = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      points.forEach(point -> all.add(at(point, random, 200)));
    }
    for (int i = 0; i < atRandom; i++) {
      all.add(Fate.killed(millis(random, 500, 2_500)));
    }
    Collections.shuffle(all, random);
    return new Quota(all);
  }

  private static Fate draw(Plan.Mix mix, Random random) {
    int dice = random.nextInt(100);
    if (mix == Plan.Mix.CLEAN || dice < 18) {
      return Fate.stopped(millis(random, 800, 3_000));
    } else if (mix == Plan.Mix.FREEZES && dice < 40) {
      return Fate.frozen(millis(random, 1_000, 2_500));
    } else if (dice < 55) {
      return Fate.killed(millis(random, 0, 3_500));
    }
    boolean drain = dice < 72;
    List<FailPoint> points =
        Arrays.stream(FailPoint.values()).filter(point -> isPhase(point) == drain).toList();
    return at(points.get(random.nextInt(points.size())), random, 1_200);
  }

  private static Fate at(FailPoint point, Random random, int mostTimes) {
    if (isPhase(point)) {
      return Fate.killedInDrain(point.label(), millis(random, 900, 2_200));
    }
    boolean rare = point.name().startsWith("REVOKE");
    return Fate.killedAt(
        point.label(), rare ? 1 : 1 + random.nextInt(mostTimes), millis(random, 3_000, 5_000));
  }

  private static boolean isPhase(FailPoint point) {
    return point.name().startsWith("PHASE_");
  }

  private static Duration millis(Random random, int least, int most) {
    return Duration.ofMillis(least + random.nextInt(most - least));
  }

  /** A number of fates, each to be fulfilled once. */
  final class Quota implements Fates {
    private final Deque<Fate> left; // guarded by this
    private int pending; // guarded by this

    private Quota(List<Fate> all) {
      left = new ArrayDeque<>(all);
      pending = all.size();
    }

    @Override
    public synchronized Fate next() {
      Fate next = left.poll();
      if (next != null) {
        return next;
      }
      // One that is under way may be put back: somebody has to be born for it.
      return pending == 0 ? Fate.LIVES : Fate.stopped(Duration.ofSeconds(2));
    }

    @Override
    public synchronized void fulfilled(Fate fate, boolean came) {
      if (fate.act() == Fate.Act.NONE || fate.fault().equals("SIGTERM")) {
        return; // not of the quota
      }
      if (came) {
        pending--;
      } else {
        left.add(fate.eased());
      }
    }

    @Override
    public synchronized boolean exhausted() {
      return pending == 0;
    }

    @Override
    public synchronized String toString() {
      return pending + " fates to come, " + left;
    }
  }
}
