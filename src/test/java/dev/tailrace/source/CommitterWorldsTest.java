package dev.tailrace.source;

import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.Choices;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.source.PositionTracker.Begin;
import dev.tailrace.source.SimulatedBroker.Weather;
import dev.tailrace.source.Source.CommittedPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Thousands of worlds in which messages begin and finish in any order, the broker's answers get
 * lost, and partitions go and come back. In each, at every instant: no committed position passes an
 * unfinished message, none moves back, none belongs to an epoch that has ended, and what was said
 * to be committed was. After a flush nothing that finished runs again.
 */
class CommitterWorldsTest {
  private static final int SEEDS = 1_000;

  @Test
  void committedPositionsAreHonestInEveryWorld() {
    for (int seed = 0; seed < SEEDS; seed++) {
      new World(seed).run();
    }
  }

  private static final class World implements PoolEvents {
    private final Simulation simulation;
    private final Choices choices;
    private final SimulatedLoop loop;
    private final SimulatedBroker broker;
    private final Committer committer;
    private final List<Long> log = new ArrayList<>();
    private final TreeSet<Long> finished = new TreeSet<>();
    private final TreeSet<Long> running = new TreeSet<>();
    private @Nullable TrackedPartition tracked;
    private boolean disturbed = true;
    private int epoch;
    private int read;
    private long committed;

    World(long seed) {
      simulation = Simulation.seeded(seed);
      choices = simulation.choices();
      loop = simulation.loop("consumer");
      broker = new SimulatedBroker(simulation.loop("network"));
      broker.weather(this::weather);
      broker.latency(() -> Duration.ofMillis(choices.between(0, 400)));
      broker.hold("orders/1", new Position(0, ""));
      committer =
          new Committer(
              new SourceEnvironment("pipeline", "instance", 0, loop, this),
              Duration.ofMillis(100),
              50,
              broker);
    }

    void run() {
      for (long offset = 0; log.size() < 200; offset++) {
        offset += choices.between(0, 4) == 0 ? choices.between(1, 20) : 0;
        log.add(offset);
      }
      loop.turn(this::assign);
      for (int step = 0; step < 120; step++) {
        loop.turn(this::act);
        simulation.runFor(Duration.ofMillis(choices.between(0, 120)));
        check();
      }
      disturbed = false;
      List<Long> some = running.stream().filter(offset -> choices.between(0, 1) == 0).toList();
      loop.turn(() -> some.forEach(this::finish));
      long end = loop.call(() -> tracked().progress().mark());
      List<CommittedPosition> report = flush();
      hold(report.equals(List.of(new CommittedPosition("orders/1", "" + end, "ok"))), "" + report);
      hold(broker.held("orders/1").offset() == end, "a calm flush commits the mark " + end);
      check();
      loop.turn(this::nothingRepeats);
    }

    private void nothingRepeats() {
      TreeSet<Long> before = new TreeSet<>(finished);
      reassign();
      hold(before.equals(finished), "after a flush all that finished is known: " + before);
      while (read < log.size() && begin() != Begin.WINDOW_FULL) {
        check();
      }
    }

    private Weather weather() {
      Weather[] all = Weather.values();
      return disturbed && choices.between(0, 2) == 0
          ? all[(int) choices.between(0, all.length - 1)]
          : Weather.CALM;
    }

    private void act() {
      long dice = choices.between(0, 99);
      if (dice < 50) {
        begin();
      } else if (dice < 95) {
        if (!running.isEmpty()) {
          List<Long> all = List.copyOf(running);
          finish(all.get((int) choices.between(0, all.size() - 1)));
        }
      } else if (dice < 97) {
        committer.flush(Set.of(new Partition("orders/1", epoch)));
      } else {
        loop.execute(this::reassign);
      }
    }

    private Begin begin() {
      if (read == log.size()) {
        return Begin.WINDOW_FULL;
      }
      long offset = log.get(read);
      Begin begin = tracked().begin(offset);
      hold((begin == Begin.ALREADY_FINISHED) == finished.contains(offset), offset + " " + begin);
      if (begin == Begin.NEW) {
        running.add(offset);
      }
      read += begin == Begin.WINDOW_FULL ? 0 : 1;
      return begin;
    }

    private void finish(long offset) {
      tracked().finish(offset);
      running.remove(offset);
      finished.add(offset);
    }

    /** Lost without asking, and assigned again: the work goes on from what the broker holds. */
    private void reassign() {
      committer.end(new Partition("orders/1", epoch));
      running.clear();
      assign();
    }

    private void assign() {
      epoch++;
      Position held = broker.held("orders/1");
      PositionMetadata above =
          PositionMetadata.decode(held.offset(), held.metadata()).metadata().orElseThrow();
      finished.removeIf(
          offset -> offset >= held.offset() && !above.finished((int) (offset - held.offset())));
      read = (int) log.stream().filter(offset -> offset < held.offset()).count();
      Partition partition = new Partition("orders/1", epoch);
      broker.assigned(partition);
      tracked = committer.track(partition, held, -1);
    }

    private List<CommittedPosition> flush() {
      return simulation.await(
          loop.call(() -> committer.flush(Set.of(new Partition("orders/1", epoch)))));
    }

    private TrackedPartition tracked() {
      if (tracked == null) {
        throw new AssertionError("not assigned");
      }
      return tracked;
    }

    private void check() {
      long held = broker.held("orders/1").offset();
      hold(held >= committed, held + " moved back below " + committed);
      hold(running.isEmpty() || held <= running.first(), held + " passes " + running);
      committed = held;
    }

    @Override
    public void committed(String pipeline, String source, int of, String position) {
      hold(of == epoch, "epoch " + of + " has ended");
      hold(
          broker.held("orders/1").offset() == Long.parseLong(position),
          "the broker does not hold " + position);
    }

    private void hold(boolean condition, String promise) {
      if (!condition) {
        throw new AssertionError(
            simulation.where() + ": " + promise + "; " + tracked + " of " + broker.commits());
      }
    }
  }
}
