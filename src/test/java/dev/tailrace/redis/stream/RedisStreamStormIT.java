package dev.tailrace.redis.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.redis.StreamFixture;
import dev.tailrace.source.Delivery;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Consumers that come and go while connections break: every entry has its effect once. */
class RedisStreamStormIT extends StreamFixture {
  private static final int ENTRIES = 6_000;
  private static final int ROUNDS = 24;

  /** Long enough that no pause of this process makes its entries look abandoned. */
  private static final Duration PATIENT = Duration.ofSeconds(6);

  private final Map<String, Integer> effects = new HashMap<>(); // event loop only
  private final Random random = new Random(42);

  @Test
  void stopsAndLostConnectionsLoseAndRepeatNothing() {
    List<Worker> workers = new ArrayList<>(List.of(worker(0), worker(1), worker(2)));
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < ENTRIES / ROUNDS; i++) {
        probe.add(stream, Integer.toString(round * (ENTRIES / ROUNDS) + i));
      }
      int slot = random.nextInt(workers.size());
      if (random.nextBoolean()) {
        workers.get(slot).drain();
        workers.set(slot, worker(slot));
      } else {
        probe.command(Command.CLIENT, "KILL", "TYPE", "normal", "SKIPME", "yes");
      }
    }

    eventually().until(() -> loop.get(effects::size) == ENTRIES);
    workers.forEach(Worker::drain);

    assertThat(loop.get(() -> Map.copyOf(effects))).allSatisfy((body, times) -> once(body, times));
    assertThat(probe.pending(stream, "workers")).isEmpty();
    assertThat(probe.consumers(stream, "workers")).isEmpty();
  }

  private static void once(String body, int times) {
    assertThat(times).as(body).isEqualTo(1);
  }

  private Worker worker(int slot) {
    Worker worker = new Worker("worker-" + slot);
    worker.consumer.open();
    return worker;
  }

  /** Has each effect a little later, unless it is stopped before. */
  private final class Worker {
    private final StreamConsumer consumer;
    private boolean stopped; // event loop only

    Worker(String name) {
      RecordingIntake intake = new RecordingIntake(200, this::start);
      this.consumer = new StreamConsumer(loop, config.withClaimIdle(PATIENT), name, intake);
    }

    private void start(Delivery delivery) {
      loop.loop().after(Duration.ofMillis(loop.loop().random().nextInt(30)), () -> end(delivery));
    }

    private void end(Delivery delivery) {
      if (!stopped) {
        effects.merge(String.valueOf(delivery.message().body()), 1, Integer::sum);
        delivery.settle();
      }
    }

    void drain() {
      loop.await(consumer.source()::closeIntake);
      loop.run(() -> stopped = true);
      consumer.drain();
    }
  }
}
