package dev.tailrace.idempotency;

import dev.tailrace.idempotency.ClaimConfig.WhenUnavailable;
import dev.tailrace.idempotency.IdempotencyStore.Why;
import dev.tailrace.idempotency.MemoryStore.MemoryLimits;
import dev.tailrace.idempotency.ScriptedStore.Weather;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Choices;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Worlds in which consumers work on the same keys through a store whose answers get lost. In each:
 * one effect per key, no two holders of a key at once, attempts are the failures that were
 * reported, fences grow with every holder, and in the end every key is finished and nothing is
 * held.
 */
class ClaimWorldsTest {
  private static final int SEEDS = 200;
  private static final int CLIENTS = 3;
  private static final int KEYS = 12;
  private static final Duration LEASE = Duration.ofSeconds(9);

  @Test
  void aKeyHasOneEffectHoweverManyAnswersAreLost() {
    for (int seed = 0; seed < SEEDS; seed++) {
      new World(seed).run();
    }
  }

  private static final class World {
    private final Simulation simulation;
    private final Choices choices;
    private final SimulatedLoop loop;
    private final List<ClaimClient> clients = new ArrayList<>();
    private final TreeMap<String, Integer> effects = new TreeMap<>();
    private final TreeMap<String, Integer> failures = new TreeMap<>();
    private final TreeMap<String, Long> holders = new TreeMap<>();
    private final TreeMap<String, Long> lastFence = new TreeMap<>();
    private int working;

    World(long seed) {
      simulation = Simulation.seeded(seed);
      choices = simulation.choices();
      loop = simulation.loop("consumers");
      MemoryStore records = new MemoryStore(loop, MemoryLimits.DEFAULT);
      for (int i = 0; i < CLIENTS; i++) {
        ScriptedStore store = new ScriptedStore(records);
        store.weather(this::weather);
        ClaimConfig config =
            ClaimConfig.of("worker-" + i + "#1", LEASE, Duration.ofDays(1), WhenUnavailable.PAUSE);
        clients.add(new ClaimClient(loop, store, config));
      }
    }

    void run() {
      loop.turn(
          () -> {
            for (ClaimClient client : clients) {
              for (int i = 0; i < KEYS; i++) {
                attempt(client, "key-" + i);
              }
            }
          });
      simulation.runUntil(() -> working == 0);
      hold(effects.size() == KEYS, "every key is finished: " + effects);
      hold(effects.values().stream().allMatch(count -> count == 1), "one effect: " + effects);
      for (ClaimClient client : clients) {
        hold(client.held() == 0 && client.marks().pending() == 0, "nothing is held");
        hold(client.marks().unknown() + client.releases().unknown() == 0, "all is known");
      }
      simulation.run(); // comes to rest: nothing is renewed or sent again any more
    }

    /** One request in four goes astray: too few in a row to lose a lease. */
    private Weather weather() {
      return switch (choices.pick(8)) {
        case 0 -> Weather.AWAY;
        case 1 -> Weather.LOSES_ANSWERS;
        default -> Weather.CALM;
      };
    }

    private void attempt(ClaimClient client, String key) {
      working++;
      client
          .claim(key, "hash", () -> hold(false, key + " was lost"))
          .onSuccess(
              reply -> {
                working--;
                answered(client, key, ((Reply.Ok<ClaimAnswer>) reply).value());
              });
    }

    private void answered(ClaimClient client, String key, ClaimAnswer answer) {
      Fence fence = answer.fence();
      if (fence != null) {
        won(client, answer, fence);
      } else if (answer.kind() == ClaimAnswer.Kind.BUSY) {
        later(answer.remaining(), () -> attempt(client, key));
      } else {
        hold(answer.kind() == ClaimAnswer.Kind.DONE, key + " is " + answer.kind());
        hold(effects.containsKey(key), key + " is done without an effect");
      }
    }

    private void won(ClaimClient client, ClaimAnswer answer, Fence fence) {
      String key = fence.key();
      hold(holders.put(key, fence.token()) == null, key + " has two holders");
      Long before = lastFence.put(key, fence.token());
      hold(before == null || before < fence.token(), key + " has a fence that did not grow");
      hold(answer.attempts() == failures.getOrDefault(key, 0), key + " " + answer + failures);
      hold(answer.suspicions() == 0, key + " is suspected without a death");
      later(Duration.ofMillis(choices.between(0, 20_000)), () -> finish(client, fence));
    }

    private void finish(ClaimClient client, Fence fence) {
      String key = fence.key();
      holders.remove(key);
      working++;
      if (choices.pick(3) == 0) {
        failures.merge(key, 1, Integer::sum);
        client
            .release(fence, Why.FAILED)
            .onSuccess(
                reply -> {
                  working--;
                  attempt(client, key);
                });
      } else {
        effects.merge(key, 1, Integer::sum);
        client
            .complete(fence, false)
            .onSuccess(
                reply -> {
                  working--;
                  hold(reply.equals(Reply.ok(true)), key + " is not marked: " + reply);
                });
      }
    }

    private void later(Duration delay, Runnable task) {
      working++;
      loop.after(
          delay,
          () -> {
            working--;
            task.run();
          });
    }

    private void hold(boolean condition, String promise) {
      if (!condition) {
        throw new AssertionError(simulation.where() + ": " + promise);
      }
    }
  }
}
