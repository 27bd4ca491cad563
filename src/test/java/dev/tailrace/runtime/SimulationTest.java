package dev.tailrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A seed is a run, different seeds are different runs, and faults do what they say. */
final class SimulationTest {
  private static final Workers WORKERS = new Workers("worker", 2);

  /** Two loops that call each other, with timers of one instant and blocking calls. */
  private static final class World {
    private final Simulation simulation;
    private final List<String> log = new ArrayList<>();
    private final SimulatedLoop left;
    private final SimulatedLoop right;

    World(long seed) {
      simulation = Simulation.seeded(seed);
      left = simulation.loop("left");
      right = simulation.loop("right");
      for (int i = 0; i < 5; i++) {
        int number = i;
        left.execute(() -> act(left, right, number));
        right.execute(() -> act(right, left, number));
      }
      simulation.run();
    }

    private void act(SimulatedLoop from, SimulatedLoop to, int number) {
      log.add(from + " " + number);
      to.execute(() -> log.add(to + " hears " + number));
      from.after(Duration.ofMillis(1), () -> log.add(from + " rings " + number));
      from.offload(WORKERS, () -> log.add(from + " works " + number))
          .future()
          .onComplete(done -> log.add(from + " worked " + number));
    }
  }

  @Test
  void aSeedRepeatsItsRunTurnByTurn() {
    for (long seed = 0; seed < 200; seed++) {
      World first = new World(seed);
      World second = new World(seed);

      assertThat(second.log).isEqualTo(first.log);
      assertThat(second.simulation.fingerprint()).isEqualTo(first.simulation.fingerprint());
      assertThat(second.simulation.nanos()).isEqualTo(first.simulation.nanos());
    }
  }

  @Test
  void differentSeedsTakeDifferentWaysAndKeepTheOrderOfEachLoop() {
    Set<List<String>> ways = new HashSet<>();
    Set<Long> fingerprints = new HashSet<>();
    for (long seed = 0; seed < 200; seed++) {
      World world = new World(seed);
      ways.add(world.log);
      fingerprints.add(world.simulation.fingerprint());
      assertThat(world.log.stream().filter(line -> line.matches("left \\d")))
          .containsExactly("left 0", "left 1", "left 2", "left 3", "left 4");
      assertThat(world.log).hasSize(50);
    }
    assertThat(ways).hasSizeGreaterThan(190);
    assertThat(fingerprints).hasSizeGreaterThan(190);
  }

  @Test
  void timersOfOneInstantFireInAnyOrder() {
    Set<List<Integer>> orders = new HashSet<>();
    for (long seed = 0; seed < 100; seed++) {
      Simulation simulation = Simulation.seeded(seed);
      SimulatedLoop loop = simulation.loop("loop");
      List<Integer> order = new ArrayList<>();
      loop.turn(
          () -> {
            for (int i = 0; i < 3; i++) {
              int number = i;
              loop.after(Duration.ofSeconds(1), () -> order.add(number));
            }
          });
      simulation.run();
      orders.add(order);
    }
    assertThat(orders).hasSize(6);
  }

  @Test
  void aFrozenLoopGoesOnWhereItStoodAndItsTimersAreLate() {
    Simulation simulation = Simulation.seeded(3);
    SimulatedLoop loop = simulation.loop("loop");
    List<String> ran = new ArrayList<>();
    loop.turn(
        () -> {
          loop.execute(() -> ran.add("turn"));
          loop.after(Duration.ofSeconds(1), () -> ran.add("timer"));
          loop.offload(WORKERS, () -> ran.add("work"));
        });
    loop.freeze();
    simulation.runFor(Duration.ofSeconds(10));
    assertThat(ran).isEmpty();

    loop.thaw();
    simulation.run();

    assertThat(ran).containsSubsequence("turn", "timer").contains("work").hasSize(3);
    assertThat(simulation.nanos()).isGreaterThanOrEqualTo(Duration.ofSeconds(10).toNanos());
  }

  @Test
  void aCrashedLoopDoesNothingEverAgain() {
    Simulation simulation = Simulation.seeded(3);
    SimulatedLoop loop = simulation.loop("loop");
    List<String> ran = new ArrayList<>();
    loop.turn(
        () -> {
          loop.execute(() -> ran.add("turn"));
          loop.after(Duration.ofSeconds(1), () -> ran.add("timer"));
          loop.offload(WORKERS, () -> ran.add("work"));
        });

    loop.crash();
    loop.execute(() -> ran.add("late"));
    simulation.run();

    assertThat(ran).isEmpty();
    assertThat(loop.isCrashed()).isTrue();
  }

  @Test
  void whatATurnThrowsEndsTheRunAndNamesTheSeed() {
    Simulation simulation = Simulation.seeded(4711);
    IllegalStateException thrown = new IllegalStateException("broken");
    simulation
        .loop("loop")
        .execute(
            () -> {
              throw thrown;
            });

    assertThatThrownBy(simulation::run)
        .isInstanceOf(SimulationFailure.class)
        .hasMessageContaining("seed 4711")
        .hasCause(thrown);
  }

  @Test
  void aWorldThatDoesNotComeToRestIsAFailure() {
    Simulation simulation =
        new Simulation(Choices.seeded(5), new SimulationLimits(0, WorkerTimes.upTo(0), 1_000));
    SimulatedLoop loop = simulation.loop("loop");
    Runnable[] again = new Runnable[1];
    again[0] = () -> loop.execute(again[0]);
    loop.execute(again[0]);

    assertThatThrownBy(simulation::run).hasMessageContaining("does not come to rest");
  }

  @Test
  void timePassesOnlyAsFarAsAsked() {
    Simulation simulation =
        new Simulation(Choices.seeded(6), new SimulationLimits(0, WorkerTimes.upTo(0), 1_000));
    SimulatedLoop loop = simulation.loop("loop");
    List<Long> rings = new ArrayList<>();
    loop.turn(
        () -> {
          loop.after(Duration.ofMillis(10), () -> rings.add(loop.nanos()));
          loop.after(Duration.ofMillis(11), () -> rings.add(loop.nanos()));
        });

    simulation.runFor(Duration.ofMillis(10));

    assertThat(rings).containsExactly(10_000_000L);
    assertThat(simulation.nanos()).isEqualTo(10_000_000L);
  }

  @Test
  void theWallClockJumpsAndTheMonotonicOneDoesNot() {
    Simulation simulation = Simulation.seeded(8);
    SimulatedLoop loop = simulation.loop("loop");
    var before = loop.wall();

    simulation.skewWall(Duration.ofHours(-1));

    assertThat(loop.wall()).isEqualTo(before.minus(Duration.ofHours(1)));
    assertThat(loop.nanos()).isZero();
  }
}
