package dev.tailrace.fleet;

import dev.tailrace.app.Pipeline;
import dev.tailrace.app.PoolBuilder;
import dev.tailrace.app.PoolIdentity;
import dev.tailrace.app.Tailrace;
import dev.tailrace.fleet.DrainPlan.Broker;
import dev.tailrace.kafka.Heartbeats;
import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.kafka.Membership;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.redis.stream.RedisSourceConfig;
import dev.tailrace.source.Until;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** What a drained process left to whoever comes next, who reads all of it. */
final class DrainRemainder {
  private DrainRemainder() {}

  /** The messages that are still to be had, as often as they come. */
  static List<String> of(Vertx vertx, String name, DrainServers.Place place, Set<Broker> brokers)
      throws Exception {
    ConcurrentLinkedQueue<String> came = new ConcurrentLinkedQueue<>();
    MessageHandler handler =
        (message, context) -> {
          came.add(message.origin().toString());
          return Future.succeededFuture(Outcome.done());
        };
    PoolBuilder pool = Tailrace.builder(vertx).identity(PoolIdentity.of(name, "worker"));
    if (brokers.contains(Broker.KAFKA)) {
      KafkaSourceConfig topic =
          KafkaSourceConfig.of(place.kafka().bootstrap(), name, name).withUntil(Until.END);
      pool.add(
          Pipeline.named("orders")
              .source(Heartbeats.quick(topic, Membership.of(name)))
              .handle(handler)
              .build());
    }
    if (brokers.contains(Broker.REDIS)) {
      RedisSourceConfig stream =
          RedisSourceConfig.of(place.redis().url(), name, name)
              .withClaimIdle(Duration.ofSeconds(2))
              .withUntil(Until.END);
      pool.add(Pipeline.named("payments").source(stream).handle(handler).build());
    }
    Tailrace reader = pool.build();
    Future<Tailrace> unused = reader.start();
    reader.drained().toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
    return List.copyOf(came);
  }
}
