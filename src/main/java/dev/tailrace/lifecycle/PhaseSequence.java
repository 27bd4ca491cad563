package dev.tailrace.lifecycle;

import dev.tailrace.runtime.Loop;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs the phases of a drain in their order, each within its budget. It never fails: a phase that
 * fails or overruns is noted, and the next one runs. Belongs to its loop, save {@link #progress}.
 *
 * <p>Meanwhile it beats: others publish then how far they are, for whoever must tell the truth when
 * no loop answers any more.
 */
public final class PhaseSequence {
  /** The time between two beats. */
  static final Duration BEAT = Duration.ofMillis(200);

  private final Loop loop;
  private final List<Step> steps;
  private final Runnable beat;
  private final Consumer<Phase> begins;
  private final List<PhaseResult> ended = new ArrayList<>(); // event loop only
  private final List<Throwable> late = new ArrayList<>(); // event loop only, at most one per phase
  private final Promise<List<PhaseResult>> over = Promise.promise();
  private @Nullable TimeLimit waiting; // event loop only
  private volatile DrainProgress progress; // written on the event loop

  /**
   * What is done in one phase.
   *
   * @param phase which
   * @param work given the time it has; its future says in few words what was achieved, or ""
   */
  public record Step(Phase phase, Function<Duration, Future<String>> work) {}

  /**
   * Prepares a sequence; nothing runs before {@link #run}.
   *
   * @param steps in the order of {@link Phase}; phases without a step are not reported
   * @param begin when the drain was triggered, and the time it has
   * @param beat called in a turn every 200 ms while the sequence runs, and after each phase
   */
  public PhaseSequence(Loop loop, List<Step> steps, DrainProgress begin, Runnable beat) {
    this(loop, steps, begin, beat, phase -> {});
  }

  /**
   * Likewise.
   *
   * @param begins called in a turn just before each phase
   */
  public PhaseSequence(
      Loop loop, List<Step> steps, DrainProgress begin, Runnable beat, Consumer<Phase> begins) {
    this.loop = loop;
    this.begins = begins;
    this.steps = List.copyOf(steps);
    this.beat = beat;
    for (int i = 1; i < steps.size(); i++) {
      if (steps.get(i - 1).phase().compareTo(steps.get(i).phase()) >= 0) {
        throw new IllegalArgumentException("phases out of order: " + steps.get(i).phase().label());
      }
    }
    this.progress = begin;
  }

  /** How far it is; safe on any thread. */
  public DrainProgress progress() {
    return progress;
  }

  /** Runs all phases, once; completes with what became of each, and never fails. */
  public Future<List<PhaseResult>> run() {
    assert loop.inLoop();
    if (progress.current() != null || !ended.isEmpty()) {
      throw new IllegalStateException("a phase sequence runs once");
    }
    beat();
    next();
    return over.future();
  }

  /** Shortens the budget from now on, the present phase's included; a longer one is refused. */
  public void tighten(DrainBudget shorter) {
    assert loop.inLoop();
    if (shorter.deadline().compareTo(progress.budget().deadline()) > 0) {
      throw new IllegalArgumentException("a drain is never extended");
    }
    DrainProgress was = progress;
    publish(shorter, was.current(), was.currentSince());
    if (waiting != null && was.current() != null) {
      waiting.limit(shorter.end(was.current()).minus(elapsed()));
    }
  }

  /** Failures of phases that came after their time; at most one per phase. */
  public List<Throwable> lateFailures() {
    assert loop.inLoop();
    return List.copyOf(late);
  }

  private void beat() {
    beat.run();
    if (!over.future().isComplete()) {
      loop.after(BEAT, this::beat);
    }
  }

  private void next() {
    if (ended.size() == steps.size()) {
      publish(progress.budget(), null, elapsed());
      beat.run();
      over.complete(List.copyOf(ended));
      return;
    }
    Step step = steps.get(ended.size());
    Duration since = elapsed();
    publish(progress.budget(), step.phase(), since);
    Duration left = progress.budget().end(step.phase()).minus(since);
    begins.accept(step.phase());
    step.phase().failPoint().reach();
    Running running = new Running(step, since, left.isNegative() ? Duration.ZERO : left);
    waiting =
        TimeLimit.await(
            loop,
            () -> step.work().apply(running.budget()),
            running.budget(),
            new TimeLimit.Ends<>(
                result -> ended(running, result),
                () -> end(running, PhaseResult.Result.OVERRAN, "", null),
                this::endedLate));
  }

  /** A phase under way: its step, its begin as an offset, and the time it had then. */
  private record Running(Step step, Duration since, Duration budget) {}

  private void ended(Running running, AsyncResult<String> result) {
    if (result.succeeded()) {
      end(running, PhaseResult.Result.DONE, result.result(), null);
    } else {
      end(running, PhaseResult.Result.FAILED, "", result.cause());
    }
  }

  private void endedLate(AsyncResult<String> result) {
    if (result.failed()) {
      late.add(result.cause());
    }
  }

  private void end(
      Running running, PhaseResult.Result result, String detail, @Nullable Throwable failure) {
    Duration took = elapsed().minus(running.since());
    Phase phase = running.step().phase();
    ended.add(new PhaseResult(phase, running.budget(), took, result, detail, failure));
    next();
  }

  private Duration elapsed() {
    return Duration.ofNanos(loop.nanos() - progress.startedNanos());
  }

  private void publish(DrainBudget budget, @Nullable Phase current, Duration since) {
    progress =
        new DrainProgress(
            progress.startedAt(), progress.startedNanos(), budget, current, since, ended);
  }
}
