package dev.tailrace.redis.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Origin;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.redis.link.KeyLinks;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.source.Partition;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.Suspicion;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What ends the suspicion of entries that two processes left behind; no server is asked here. */
final class RedisDeliveryTest {
  private static final DeliveryCount LEFT_BEHIND = DeliveryCount.of(3);

  private final Vertx vertx = Vertx.vertx();
  private final Simulation simulation = Simulation.seeded(1);
  private final SimulatedLoop loop = simulation.loop("consumer");
  private final StreamGroup group = group();
  private final EntrySuspicion suspicion = new EntrySuspicion(loop, 1);
  private final StartCounts starts = new StartCounts(group, suspicion);
  private final ConsumedStream stream =
      new ConsumedStream(new Partition("payments", 1), () -> {}, knownAt -> true);

  @AfterEach
  void close() {
    vertx.close();
  }

  @Test
  void oneThatRanAloneAndIsFinishedDoes() {
    assertThat(
            suspectedAfter(
                delivery -> {
                  delivery.rests();
                  delivery.settle();
                }))
        .isFalse();
  }

  @Test
  void oneThatWaitsForItsNextAttemptDoesNot() {
    assertThat(suspectedAfter(RedisDelivery::rests)).isTrue();
  }

  @Test
  void oneThatIsGivenBackDoesNot() {
    assertThat(suspectedAfter(RedisDelivery::release)).isTrue();
  }

  private boolean suspectedAfter(Consumer<RedisDelivery> end) {
    loop.turn(() -> suspicion.came(LEFT_BEHIND));
    RedisDelivery ran = delivery(1);
    RedisDelivery next = delivery(2);
    assertThat(next.suspected()).isTrue();

    loop.turn(
        () -> {
          ran.countStart();
          end.accept(ran);
        });
    simulation.runFor(Suspicion.LEAST.plusMillis(1));

    return next.suspected();
  }

  private RedisDelivery delivery(long id) {
    Origin origin = Origin.entry("payments", id, 0);
    RedisMessage message = new RedisMessage(origin, null, Buffer.buffer("x"), Headers.empty());
    EntryForm.Read read = new EntryForm.Read(origin, message, null);
    return stream.take(new Arrival(read, 1, LEFT_BEHIND, starts, 0));
  }

  private StreamGroup group() {
    RedisSourceConfig config = RedisSourceConfig.of("redis://localhost:1", "workers", "payments");
    KeyLinks links = new KeyLinks(vertx, loop, config.redis(), new KeyLinks.Events() {});
    return new StreamGroup(
        config,
        new SourceEnvironment("payments", "worker", 0, loop, new PoolEvents() {}),
        links,
        EntryForm.MESSAGE);
  }
}
