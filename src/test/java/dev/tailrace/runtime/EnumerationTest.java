package dev.tailrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.runtime.Enumeration.EnumerationLimits;
import dev.tailrace.runtime.Enumeration.Findings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** No way is left out, none is followed twice, and what fails can be repeated. */
final class EnumerationTest {
  private static final EnumerationLimits LIMITS =
      new EnumerationLimits(2, 1_000_000, Duration.ofMinutes(1));

  private static final HeapRules RULES = new HeapRules().leaveOut(LostUpdate.class, "way");

  /** Two loops add to a shared number, which each reads in one turn and writes in the next. */
  private static final class LostUpdate {
    private final Choices choices;
    private final Simulation simulation;
    private final List<SimulatedLoop> loops;
    private final int each;
    private final StringBuilder way = new StringBuilder();
    private int shared;

    LostUpdate(Choices choices, int each) {
      this.choices = choices;
      this.each = each;
      this.simulation =
          new Simulation(choices, new SimulationLimits(0, WorkerTimes.upTo(0), 1_000));
      simulation.block(HeapFingerprint.CLOCK_START);
      this.loops = List.of(simulation.loop("a"), simulation.loop("b"));
      loops.forEach(loop -> loop.execute(() -> read(loop, each)));
    }

    private void read(SimulatedLoop loop, int times) {
      int seen = shared;
      loop.execute(
          () -> {
            shared = seen + 1;
            if (times > 1) {
              loop.execute(() -> read(loop, times - 1));
            }
          });
    }

    /** True at the end; false where it met a state that was there before. */
    boolean run(boolean byState) {
      return run(byState, RULES);
    }

    boolean run(boolean byState, HeapRules rules) {
      HeapFingerprint fingerprint = new HeapFingerprint(rules);
      for (List<SimulatedLoop> ready = simulation.ready();
          !ready.isEmpty();
          ready = simulation.ready()) {
        if (byState
            && choices.isExplored(
                () -> fingerprint.of(simulation.nanos(), simulation, loops, this))) {
          return false;
        }
        SimulatedLoop next = ready.size() == 1 ? ready.get(0) : ready.get(choices.pick(2));
        way.append(next);
        simulation.step(next);
      }
      return true;
    }

    void check() {
      assertThat(shared).isEqualTo(2 * each);
    }
  }

  @Test
  void everyInterleavingIsRunOnce() {
    Set<String> ways = ConcurrentHashMap.newKeySet();
    Findings findings =
        Enumeration.explore(
            LIMITS,
            choices -> {
              LostUpdate world = new LostUpdate(choices, 2);
              world.run(false);
              assertThat(ways.add(world.way.toString())).as("%s is new", world.way).isTrue();
            });

    assertThat(findings.exhausted()).isTrue();
    assertThat(findings.runs()).isEqualTo(70); // 8 over 4
    assertThat(ways).hasSize(70);
  }

  @Test
  void aStateIsFollowedOnce() {
    Set<Integer> ends = ConcurrentHashMap.newKeySet();
    Set<Integer> endsOfAll = ConcurrentHashMap.newKeySet();
    Enumeration.explore(
        LIMITS,
        choices -> {
          LostUpdate world = new LostUpdate(choices, 3);
          world.run(false);
          endsOfAll.add(world.shared);
        });
    List<Findings> found = new ArrayList<>();
    for (int threads = 1; threads <= 4; threads++) {
      ends.clear();
      found.add(
          Enumeration.explore(
              new EnumerationLimits(threads, 1_000_000, Duration.ofMinutes(1)),
              choices -> {
                LostUpdate world = new LostUpdate(choices, 3);
                if (world.run(true)) {
                  ends.add(world.shared);
                }
              }));
      assertThat(ends).as("no end is left out").isEqualTo(endsOfAll);
    }

    assertThat(found).extracting(Findings::exhausted).containsOnly(true);
    assertThat(found).extracting(Findings::states).containsOnly(found.get(0).states());
    assertThat(found.get(0).runs()).as("of 924 interleavings").isLessThan(300);
  }

  @Test
  void aFreeRunMeetsNothingElseUnlessAStateLeftOutWhatMatters() {
    HeapRules forgetful = new HeapRules().leaveOut(LostUpdate.class, "way", "shared");
    Findings whole =
        Enumeration.explore(LIMITS, choices -> new LostUpdate(choices, 3).run(true, RULES));
    Findings less =
        Enumeration.explore(LIMITS, choices -> new LostUpdate(choices, 3).run(true, forgetful));

    assertThat(less.states()).isLessThan(whole.states());
    runFreely(whole, RULES);
    assertThatThrownBy(() -> runFreely(less, forgetful))
        .hasMessageContaining("a state that was not enumerated");
  }

  private static void runFreely(Findings findings, HeapRules rules) {
    for (int seed = 0; seed < 100; seed++) {
      new LostUpdate(new FreeRun(seed, findings.met()), 3).run(true, rules);
    }
  }

  @Test
  void aFailureIsRepeatedByItsPicks() {
    Findings findings =
        Enumeration.explore(
            LIMITS,
            choices -> {
              LostUpdate world = new LostUpdate(choices, 1);
              world.run(false);
              world.check();
            });
    assertThat(findings.exhausted()).isFalse();
    var counterexample = Objects.requireNonNull(findings.counterexample());
    assertThat(counterexample.failure()).isInstanceOf(AssertionError.class);

    LostUpdate again = new LostUpdate(ReplayedChoices.enumerated(counterexample.picks()), 1);
    again.run(false);
    assertThatThrownBy(again::check).hasMessage(counterexample.failure().getMessage());
  }

  @Test
  void whatWasCutShortIsNotExhausted() {
    Findings findings =
        Enumeration.explore(
            new EnumerationLimits(1, 5, Duration.ofMinutes(1)),
            choices -> new LostUpdate(choices, 3).run(true));

    assertThat(findings.exhausted()).isFalse();
    assertThat(findings.counterexample()).isNull();
  }
}
