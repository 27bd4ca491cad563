package dev.tailrace.app;

import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.runtime.Loop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Looks again and again whether every pipeline has come to the end that it is read to, and asks for
 * the pool's drain then, once. Control loop only.
 */
final class EndWatch {
  /** The time between two looks. */
  static final Duration LOOK = Duration.ofMillis(500);

  private final Loop loop;
  private final BooleanSupplier alive;
  private final BooleanSupplier settled;
  private final Consumer<Trigger> drain;

  /**
   * Looks at nothing before {@link #run}.
   *
   * @param alive false ends it
   * @param settled whether what it sees counts: nothing is paused, and no pipeline is changed
   */
  EndWatch(Loop loop, BooleanSupplier alive, BooleanSupplier settled, Consumer<Trigger> drain) {
    this.loop = loop;
    this.alive = alive;
    this.settled = settled;
    this.drain = drain;
  }

  /**
   * Looks now and then.
   *
   * @param ended asks all consumers
   */
  void run(Supplier<Future<Boolean>> ended) {
    assert loop.inLoop();
    if (!alive.getAsBoolean()) {
      return;
    }
    boolean counts = settled.getAsBoolean();
    ended
        .get()
        .onComplete(
            answer -> {
              if (counts && settled.getAsBoolean() && answer.succeeded() && answer.result()) {
                drain.accept(
                    new Trigger(
                        Trigger.Kind.SOURCE_END, "all has finished that was there at the start"));
              } else {
                loop.after(LOOK, () -> run(ended));
              }
            });
  }
}
