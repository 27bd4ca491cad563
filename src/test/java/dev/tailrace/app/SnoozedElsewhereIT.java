package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.dispatch.Order;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.idempotency.KeyRule.OnMissing;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.store.RedisIdempotencyStore;
import dev.tailrace.redis.stream.RedisSourceConfig;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a handler leaves half done at a drain goes on in another pool, where it left off. */
final class SnoozedElsewhereIT {
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String redis = SharedServers.get().redis().url();
  private final String stream = Servers.uniqueName("pages");
  private final Vertx here = Vertx.vertx();
  private final Vertx elsewhere = Vertx.vertx();

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(here.close());
    Results.result(elsewhere.close());
  }

  @Test
  void aHandlerThatEndsEarlyForADrainGoesOnInAnotherPoolWhereItLeftOff() throws Exception {
    new StreamProbe(here, redis).produce(stream, 0, 1);
    CompletableFuture<MessageContext> begun = new CompletableFuture<>();
    Promise<Outcome> ending = Promise.promise();
    Tailrace first =
        started(
            here,
            "first",
            (message, context) -> {
              begun.complete(context);
              return ending.future();
            });
    await().atMost(PATIENCE).until(begun::isDone);
    MessageContext context = begun.join();
    assertThat(context.resume()).isEmpty();

    Future<DrainReport> draining = first.drain(SIGTERM);
    await().atMost(PATIENCE).until(context::draining);
    ending.complete(Outcome.snooze(Duration.ofMinutes(5), "page 7"));
    DrainReport report = Results.result(draining);
    assertThat(report.result()).isEqualTo(DrainReport.Result.CLEAN);
    assertThat(report.messages().since().released()).isEqualTo(1);

    List<Optional<String>> seen = new CopyOnWriteArrayList<>();
    Tailrace second =
        started(
            elsewhere,
            "second",
            (message, next) -> {
              seen.add(next.resume());
              return Future.succeededFuture(Outcome.done());
            });
    await().atMost(PATIENCE).until(() -> !seen.isEmpty());
    assertThat(seen).containsExactly(Optional.of("page 7"));
    assertThat(Results.result(second.drain(SIGTERM)).result()).isEqualTo(DrainReport.Result.CLEAN);
  }

  private Tailrace started(Vertx vertx, String instance, MessageHandler handler) throws Exception {
    RedisConfig store = RedisConfig.of(redis);
    Pipeline pipeline =
        Pipeline.named("pages")
            .source(RedisSourceConfig.of(redis, "pages", stream))
            .order(Order.UNORDERED)
            .timeout(Duration.ofMinutes(1))
            .handle(handler)
            .idempotency(
                Idempotency.of(
                    (loop, namespace) ->
                        new RedisIdempotencyStore(vertx, loop, store, stream + namespace),
                    KeyRule.parse("position", OnMissing.POSITION)))
            .build();
    return Results.result(
        Tailrace.builder(vertx)
            .identity(PoolIdentity.of(stream, instance))
            .add(pipeline)
            .build()
            .start());
  }
}
