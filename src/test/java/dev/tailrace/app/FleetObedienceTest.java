package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.lifecycle.FleetOrders.Waiting;
import dev.tailrace.lifecycle.Trigger;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An order is obeyed once, while it is good, by the run of the process that it is meant for. */
final class FleetObedienceTest {
  private static final Duration LEFT = Duration.ofSeconds(20);

  private final List<String> done = new ArrayList<>();
  private final FleetObedience obedience = new FleetObedience("run-2", new Recorded());

  @Test
  void eachOrderMovesThePool() {
    for (FleetOrder.Verb verb : FleetOrder.Verb.values()) {
      hear(FleetOrder.of(verb, "run-2", "ops"), LEFT);
    }

    assertThat(done)
        .containsExactly(
            "drain fleet ordered by ops",
            "drain fleet_replace ordered by ops",
            "pause fleet: ordered by ops",
            "resume fleet: ordered by ops");
    assertThat(Trigger.Kind.FLEET.wantsRestart()).isFalse();
    assertThat(Trigger.Kind.FLEET_REPLACE.wantsRestart()).isTrue();
  }

  @Test
  void anOrderThatWaitsStillIsNotObeyedTwice() {
    FleetOrder pause = FleetOrder.of(FleetOrder.Verb.PAUSE, "run-2", "ops");
    hear(pause, LEFT);
    hear(pause, LEFT);

    assertThat(done).hasSize(1);
  }

  @Test
  void anOrderToTheRunBeforeIsLeft() {
    hear(FleetOrder.of(FleetOrder.Verb.DRAIN, "run-1", "ops"), LEFT);

    assertThat(done).isEmpty();
  }

  @Test
  void anOrderThatIsGoodNoLongerIsLeftAlsoWhenItComesAgain() {
    FleetOrder late = FleetOrder.of(FleetOrder.Verb.DRAIN, "run-2", "ops");
    hear(late, Duration.ZERO);
    hear(late, LEFT);
    hear(FleetOrder.of(FleetOrder.Verb.DRAIN, "run-2", "ops"), Duration.ofMillis(-1));

    assertThat(done).isEmpty();
  }

  @Test
  void whatANewerVersionAddsIsPassedOverAndWhatItInventsIsLeft() {
    JsonObject newer =
        FleetOrder.of(FleetOrder.Verb.PAUSE, "run-2", "ops")
            .toJson()
            .put("schema", 7)
            .put("gently", new JsonObject().put("much", true));
    obedience.heard(new Waiting(newer.encode(), LEFT));
    obedience.heard(new Waiting(newer.put("id", "other").put("verb", "hibernate").encode(), LEFT));
    obedience.heard(new Waiting("{\"id\": 7, \"verb\": [", LEFT));
    obedience.heard(new Waiting("{\"verb\": \"drain\"}", LEFT));

    assertThat(done).containsExactly("pause fleet: ordered by ops");
  }

  @Test
  void whatThePoolRefusesIsSaidAndNothingMore() {
    FleetObedience refused =
        new FleetObedience(
            "run-2",
            new Recorded() {
              @Override
              public Future<?> pause(String reason) {
                return Future.failedFuture(new IllegalStateException("it drains"));
              }
            });
    refused.heard(
        new Waiting(FleetOrder.of(FleetOrder.Verb.PAUSE, "run-2", "ops").toJson().encode(), LEFT));

    assertThat(done).isEmpty();
  }

  private void hear(FleetOrder order, Duration left) {
    obedience.heard(new Waiting(order.toJson().encode(), left));
  }

  private class Recorded implements FleetObedience.Steered {
    @Override
    public Future<?> drain(Trigger trigger) {
      return told("drain " + trigger.kind().label() + " " + trigger.reason());
    }

    @Override
    public Future<?> pause(String reason) {
      return told("pause " + reason);
    }

    @Override
    public Future<?> resume(String reason) {
      return told("resume " + reason);
    }

    private Future<?> told(String what) {
      done.add(what);
      return Future.succeededFuture();
    }
  }
}
