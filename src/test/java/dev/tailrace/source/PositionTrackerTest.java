package dev.tailrace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tailrace.source.PositionTracker.Begin;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PositionTrackerTest {
  private static final int SEEDS = 3_000;

  private final PositionTracker tracker = new PositionTracker(1_000);

  @Test
  void theMarkIsTheLowestUnfinishedPosition() {
    begin(tracker, 10, 11, 12);
    tracker.finish(12);
    tracker.finish(11);
    assertThat(tracker.mark()).isEqualTo(10);
    assertThat(tracker.highestFinished()).isEqualTo(12);
    assertThat(tracker.gap()).isEqualTo(2);
    assertThat(tracker.unfinished()).isEqualTo(1);
    tracker.finish(10);
    assertThat(tracker.mark()).isEqualTo(13);
    assertThat(tracker.gap()).isZero();
    assertThat(tracker.highestFinished()).isEqualTo(12);
  }

  @Test
  void holesBetweenTwoMessagesCountAsFinished() {
    begin(tracker, 10, 15);
    tracker.finish(10);
    assertThat(tracker.mark()).isEqualTo(15);
  }

  @Test
  void aHoleOfAnySizeIsPassedWhileNothingIsUnfinished() {
    begin(tracker, 10);
    tracker.finish(10);
    assertThat(tracker.mark()).isEqualTo(11);
    assertThat(tracker.begin(5_000_000_000L)).isEqualTo(Begin.NEW);
    assertThat(tracker.mark()).isEqualTo(5_000_000_000L);
  }

  @Test
  void aFullWindowNotesNothingAndTheMessageBeginsLater() {
    begin(tracker, 0, 999);
    assertThat(tracker.begin(1_000)).isEqualTo(Begin.WINDOW_FULL);
    assertThat(tracker.unfinished()).isEqualTo(2);
    assertThat(tracker.next()).isEqualTo(1_000);
    tracker.finish(0);
    assertThat(tracker.begin(1_000)).isEqualTo(Begin.NEW);
  }

  @Test
  void theSecondFinishOfAPositionChangesNothing() {
    begin(tracker, 0, 1, 2);
    assertThat(tracker.finish(1)).isTrue();
    assertThat(tracker.finish(1)).isFalse();
    tracker.finish(0);
    assertThat(tracker.finish(0)).isFalse();
    assertThat(tracker.unfinished()).isEqualTo(1);
  }

  @Test
  void whatWasFinishedAboveTheCommittedPositionDoesNotRunAgain() {
    begin(tracker, 0, 1, 2, 3);
    tracker.finish(1);
    tracker.finish(3);
    Position committed = tracker.snapshot();
    PositionTracker next = new PositionTracker(1_000);
    assertThat(next.restore(committed.offset(), committed.metadata())).isEmpty();
    assertThat(next.begin(0)).isEqualTo(Begin.NEW);
    assertThat(next.begin(1)).isEqualTo(Begin.ALREADY_FINISHED);
    assertThat(next.begin(2)).isEqualTo(Begin.NEW);
    assertThat(next.begin(3)).isEqualTo(Begin.ALREADY_FINISHED);
    next.finish(0);
    assertThat(next.mark()).isEqualTo(2);
    next.finish(2);
    assertThat(next.mark()).isEqualTo(4);
  }

  @Test
  void restoringSaysWhyMetadataIsNotUsedAndGoesOn() {
    assertThat(tracker.restore(7, "somebody else's text")).contains("not written by Tailrace");
    assertThat(tracker.mark()).isEqualTo(7);
    assertThat(tracker.begin(7)).isEqualTo(Begin.NEW);
  }

  @Test
  void aNarrowerWindowStillKnowsWhatWasFinishedBeyondIt() {
    PositionTracker wide = new PositionTracker(PositionMetadata.MAX_WINDOW);
    begin(wide, 0, 20_000, 23_999);
    wide.finish(23_999);
    Position committed = wide.snapshot();
    tracker.restore(committed.offset(), committed.metadata());
    begin(tracker, 0);
    assertThat(tracker.begin(20_000)).isEqualTo(Begin.WINDOW_FULL);
    assertThat(tracker.begin(23_999)).isEqualTo(Begin.ALREADY_FINISHED);
  }

  @Test
  void aSnapshotThatDoesNotFitCarriesTheMarkAlone() {
    begin(tracker, 5, 6, 7);
    tracker.finish(7);
    assertThat(tracker.snapshot(10)).isEqualTo(new Position(5, ""));
    assertThat(tracker.snapshot().metadata()).isNotEmpty();
  }

  @Test
  void resumesAreKeptUntilTheMarkMoves() {
    String metadata = PositionMetadata.of(3, new java.util.BitSet()).encode(5);
    tracker.restore(5, metadata);
    begin(tracker, 5);
    assertThat(tracker.resumes()).isEqualTo(3);
    assertThat(tracker.snapshot()).isEqualTo(new Position(5, metadata));
    tracker.finish(5);
    assertThat(tracker.resumes()).isZero();
    assertThat(tracker.snapshot()).isEqualTo(new Position(6, ""));
  }

  @Test
  void misuseIsRefused() {
    begin(tracker, 10);
    assertThatIllegalArgumentException().isThrownBy(() -> tracker.begin(10));
    assertThatIllegalArgumentException().isThrownBy(() -> tracker.begin(9));
    assertThatIllegalArgumentException().isThrownBy(() -> tracker.finish(11));
    assertThatIllegalStateException().isThrownBy(() -> tracker.restore(3, ""));
    assertThatIllegalArgumentException().isThrownBy(() -> new PositionTracker(0));
    assertThatIllegalArgumentException().isThrownBy(() -> new PositionTracker(24_001));
  }

  /**
   * Each world: random begins, holes, finishes and restarts from a snapshot, beside a naive set.
   */
  @Test
  void inThousandsOfWorldsItAgreesWithASetOfUnfinishedPositions() {
    for (int seed = 0; seed < SEEDS; seed++) {
      new World(seed).run();
    }
  }

  private static void begin(PositionTracker tracker, long... positions) {
    for (long position : positions) {
      assertThat(tracker.begin(position)).isEqualTo(Begin.NEW);
    }
  }

  /** A log with holes, read by one tracker after the other; the model is what a person would do. */
  private static final class World {
    private final long seed;
    private final Random random;
    private final int window;
    private final List<Long> log = new ArrayList<>();
    private final TreeSet<Long> finished = new TreeSet<>();
    private final TreeSet<Long> running = new TreeSet<>();
    private PositionTracker tracker;
    private int read;
    private long begun;

    World(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.window = 1 + random.nextInt(random.nextBoolean() ? 20 : 3_000);
      this.tracker = new PositionTracker(window);
      long position = random.nextInt(100_000);
      int holes = 1 + random.nextInt(random.nextInt(20) == 0 ? 50_000 : 5);
      for (int i = 0; i < 300; i++) {
        log.add(position);
        position += random.nextInt(3) == 0 ? 1 + random.nextInt(holes) : 1;
      }
      begun = log.get(0);
      tracker.restore(begun, "");
    }

    void run() {
      for (int step = 0; step < 600; step++) {
        int dice = random.nextInt(100);
        if (dice < 50 && read < log.size()) {
          begin(log.get(read));
        } else if (dice < 98 && !running.isEmpty()) {
          finish();
        } else if (dice == 99) {
          restart();
        }
        check();
      }
    }

    private void begin(long position) {
      boolean known = finished.contains(position);
      boolean full = !running.isEmpty() && position - running.first() >= window;
      Begin expected = known ? Begin.ALREADY_FINISHED : full ? Begin.WINDOW_FULL : Begin.NEW;
      hold(tracker.begin(position) == expected, "begin of " + position + " is " + expected);
      if (expected == Begin.NEW) {
        running.add(position);
      }
      if (expected != Begin.WINDOW_FULL) {
        begun = position + 1;
        read++;
      }
    }

    private void finish() {
      List<Long> choices = List.copyOf(running);
      long position = choices.get(random.nextInt(choices.size()));
      hold(tracker.finish(position), "the first finish of " + position + " counts");
      running.remove(position);
      finished.add(position);
    }

    private void restart() {
      Position committed = tracker.snapshot();
      assertThat(committed.offset()).isEqualTo(tracker.mark());
      assertThat(committed.metadata().length()).isLessThanOrEqualTo(PositionMetadata.MAX_CHARS);
      tracker = new PositionTracker(window);
      assertThat(tracker.restore(committed.offset(), committed.metadata())).isEmpty();
      running.clear();
      read = 0;
      while (read < log.size() && log.get(read) < committed.offset()) {
        read++;
      }
      begun = committed.offset();
    }

    private void check() {
      long mark = tracker.mark();
      if (!running.isEmpty()) {
        hold(mark == running.first(), "the mark is the lowest running position");
      } else {
        hold(mark >= begun, "the mark passed all that was begun");
        for (long position : log) {
          hold(position >= mark || finished.contains(position), "below the mark all is finished");
        }
      }
      long highest = finished.isEmpty() ? -1 : finished.last();
      hold(tracker.unfinished() == running.size(), "unfinished is what runs");
      hold(tracker.gap() == Math.max(0, highest - mark), "the gap ends at the highest finished");
    }

    private void hold(boolean condition, String promise) {
      if (!condition) {
        throw new AssertionError("seed " + seed + ": not so: " + promise + "; " + tracker);
      }
    }
  }
}
