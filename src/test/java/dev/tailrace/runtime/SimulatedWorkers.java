package dev.tailrace.runtime;

import dev.tailrace.runtime.Simulation.Due;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** The simulated workers of one kind and one loop. */
final class SimulatedWorkers {
  /** An interrupted call ends within this time. */
  private static final long INTERRUPT_NANOS = 1_000_000;

  private final Simulation simulation;
  private final SimulatedLoop loop;
  private final Workers workers;
  private final ArrayDeque<Call<?>> waiting = new ArrayDeque<>();
  private int limit;
  private int running;

  SimulatedWorkers(Simulation simulation, SimulatedLoop loop, Workers workers) {
    this.simulation = simulation;
    this.loop = loop;
    this.workers = workers;
    this.limit = workers.limit();
  }

  <T> Work<T> submit(Callable<T> blocking) {
    Call<T> call = new Call<>(blocking);
    if (running < limit) {
      call.start();
    } else {
      waiting.add(call);
    }
    return call;
  }

  void limit(int most) {
    limit = most;
    startWaiting();
  }

  private void startWaiting() {
    while (running < limit && !waiting.isEmpty()) {
      waiting.remove().start();
    }
  }

  private enum Stage {
    WAITING,
    RUNNING,
    ENDED
  }

  private final class Call<T> implements Work<T> {
    private final Callable<T> body;
    private final Promise<T> promise = Promise.promise();
    private Stage stage = Stage.WAITING;
    private boolean interrupted;
    private @Nullable Due end;

    Call(Callable<T> body) {
      this.body = body;
    }

    void start() {
      running++;
      stage = Stage.RUNNING;
      long nanos = simulation.workNanos(workers);
      if (nanos != WorkerTimes.FOREVER) {
        end = simulation.schedule(loop, nanos, this::run);
      }
    }

    private void run() {
      stage = Stage.ENDED;
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      Future<T> result;
      try {
        result = Future.succeededFuture(body.call());
      } catch (Throwable thrown) { // whatever it is, it belongs to the one who waits
        result = Future.failedFuture(thrown);
      } finally {
        boolean ignored = Thread.interrupted();
      }
      Future<T> outcome = result;
      loop.execute(
          () -> {
            running--;
            startWaiting();
            outcome.onComplete(promise);
          });
    }

    @Override
    public Future<T> future() {
      return promise.future();
    }

    @Override
    public void interrupt() {
      assert loop.inLoop();
      if (stage == Stage.WAITING) {
        stage = Stage.ENDED;
        waiting.remove(this);
        loop.execute(() -> promise.fail(new CancellationException("interrupted before the start")));
      } else if (stage == Stage.RUNNING && !interrupted) {
        interrupted = true;
        if (end != null) {
          end.cancel();
        }
        long nanos = simulation.choices().between(0, INTERRUPT_NANOS);
        end = simulation.schedule(loop, nanos, this::run);
      }
    }

    @Override
    public List<StackTraceElement> stack() {
      return stage == Stage.RUNNING
          ? List.of(new StackTraceElement("simulated", workers.name(), null, -1))
          : List.of();
    }
  }
}
