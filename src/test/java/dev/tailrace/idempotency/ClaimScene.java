package dev.tailrace.idempotency;

import dev.tailrace.idempotency.ClaimAnswer.Kind;
import dev.tailrace.idempotency.ClaimConfig.WhenUnavailable;
import dev.tailrace.idempotency.MemoryStore.MemoryLimits;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Clients of one scripted store, on a simulated loop. */
abstract class ClaimScene {
  static final Duration LEASE = Duration.ofSeconds(9);
  static final Duration RETENTION = Duration.ofDays(7);

  final Simulation simulation = Simulation.seeded(1);
  final SimulatedLoop loop = simulation.loop("consumer");
  final MemoryStore records = new MemoryStore(loop, MemoryLimits.DEFAULT);
  final ScriptedStore store = new ScriptedStore(records);
  final List<String> lost = new ArrayList<>(); // keys whose claims were lost

  final ClaimClient client(String owner, WhenUnavailable whenUnavailable) {
    return new ClaimClient(loop, store, ClaimConfig.of(owner, LEASE, RETENTION, whenUnavailable));
  }

  final Future<Reply<ClaimAnswer>> claim(ClaimClient by, String key) {
    return loop.call(() -> by.claim(key, "hash", () -> lost.add(key)));
  }

  final Fence win(ClaimClient by, String key) {
    return fence(await(claim(by, key)));
  }

  final Kind kind(Future<Reply<ClaimAnswer>> answer) {
    return value(await(answer)).kind();
  }

  static ClaimAnswer value(Reply<ClaimAnswer> reply) {
    return ((Reply.Ok<ClaimAnswer>) reply).value();
  }

  static Fence fence(Reply<ClaimAnswer> reply) {
    Fence fence = value(reply).fence();
    if (fence == null) {
      throw new AssertionError("not won: " + reply);
    }
    return fence;
  }

  final <T> T await(Future<T> future) {
    return simulation.await(future);
  }
}
