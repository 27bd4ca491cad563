package dev.tailrace.cli;

import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.sink.Replay;
import dev.tailrace.sink.ReplayReport;
import io.vertx.core.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings the wish of a signal to the replay that runs: the first stops it in order, and any that
 * would begin after it; the second ends the process. Its state belongs to the event loop.
 */
final class ReplayStop implements Signals.Wishes {
  private final Consumer<Runnable> loop;
  private final Runnable end;
  private boolean stopped; // event loop only
  private @Nullable Replay running; // event loop only

  /**
   * For the replays of one loop.
   *
   * @param loop runs a turn of it; called on any thread
   * @param end ends the process at once
   */
  ReplayStop(Consumer<Runnable> loop, Runnable end) {
    this.loop = loop;
    this.end = end;
  }

  /** Runs a replay, in a turn of the loop. */
  Future<ReplayReport> run(Replay replay) {
    running = replay;
    if (stopped) {
      replay.stop();
    }
    return replay.run();
  }

  @Override
  public void drain(Trigger trigger) {
    loop.accept(
        () -> {
          stopped = true;
          if (running != null) {
            running.stop();
          }
        });
  }

  /** What is under way is not awaited; what is not kept is sent once more next time. */
  @Override
  public void force(String by) {
    end.run();
  }

  @Override
  public void halt(String by) {
    end.run();
  }
}
