package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The end of all sources is a trigger, once, and only while nothing else moves. */
final class EndWatchTest {
  private final Simulation world = Simulation.seeded(1);
  private final SimulatedLoop loop = world.loop("control");
  private final List<Trigger> asked = new ArrayList<>();
  private Future<Boolean> ended = Future.succeededFuture(false);
  private boolean alive = true;
  private boolean settled = true;
  private int looks;

  @Test
  void itAsksForTheDrainOnceWhenAllHaveEnded() {
    begin();
    look();
    assertThat(asked).isEmpty();

    ended = Future.succeededFuture(true);
    look();
    look();

    assertThat(asked).extracting(Trigger::kind).containsExactly(Trigger.Kind.SOURCE_END);
    assertThat(asked.get(0).kind().wantsRestart()).isFalse();
  }

  @Test
  void whatWasSeenWhileAPipelineWasChangedDoesNotCount() {
    settled = false;
    Promise<Boolean> slow = Promise.promise();
    ended = slow.future();
    begin();
    settled = true;
    ended = Future.succeededFuture(false);
    loop.turn(() -> slow.complete(true));
    look();

    assertThat(asked).isEmpty();
  }

  @Test
  void aSourceThatCannotSayIsAskedAgain() {
    ended = Future.failedFuture(new IllegalStateException("gone"));
    begin();
    ended = Future.succeededFuture(true);
    look();

    assertThat(asked).hasSize(1);
  }

  @Test
  void itLooksNoMoreWhenThePoolStops() {
    begin();
    alive = false;
    look();
    int then = looks;
    look();

    assertThat(looks).isEqualTo(then);
  }

  private void begin() {
    loop.turn(
        () ->
            new EndWatch(loop, () -> alive, () -> settled, asked::add)
                .run(
                    () -> {
                      looks++;
                      return ended;
                    }));
  }

  private void look() {
    world.runFor(EndWatch.LOOK.plusMillis(1));
  }
}
