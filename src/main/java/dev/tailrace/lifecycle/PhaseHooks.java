package dev.tailrace.lifecycle;

import dev.tailrace.runtime.Loop;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The hooks of a drain. Belongs to the loop that runs it. */
public final class PhaseHooks {
  private static final Logger LOG = LoggerFactory.getLogger(PhaseHooks.class);

  private final List<PhaseHook> hooks;

  /** In the order in which those of one phase are called; they run side by side. */
  public PhaseHooks(List<PhaseHook> hooks) {
    this.hooks = List.copyOf(hooks);
  }

  /**
   * Runs those of a phase.
   *
   * @param left what the phase has
   * @return completes with a line for each that did not end in order; never fails
   */
  public Future<List<String>> run(Loop loop, Phase phase, Duration left) {
    assert loop.inLoop();
    List<Future<List<String>>> ends = new ArrayList<>();
    for (PhaseHook hook : hooks) {
      if (hook.phase() == phase) {
        ends.add(run(loop, hook, hook.budget().compareTo(left) < 0 ? hook.budget() : left));
      }
    }
    return Future.join(ends)
        .map(all -> ends.stream().flatMap(end -> end.result().stream()).toList());
  }

  private static Future<List<String>> run(Loop loop, PhaseHook hook, Duration limit) {
    String name = hook.phase().label() + ": " + hook.name();
    Promise<List<String>> end = Promise.promise();
    TimeLimit.await(
        loop,
        () -> hook.work().get().<Void>mapEmpty(),
        limit,
        new TimeLimit.Ends<>(
            result -> end.complete(complaints(name, result)),
            () -> end.complete(List.of(name + " did not end in time")),
            late -> {
              if (late.failed()) {
                LOG.warn("{} failed, after its time had passed", name, late.cause());
              }
            }));
    return end.future();
  }

  private static List<String> complaints(String name, AsyncResult<Void> result) {
    return result.succeeded() ? List.of() : List.of(name + " failed: " + result.cause());
  }
}
