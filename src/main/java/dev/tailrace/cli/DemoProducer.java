package dev.tailrace.cli;

import dev.tailrace.app.PoolSchema;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.sink.SinkFactory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the demo's load in a Vert.x of its own, apart from the pool that it is a user of: from the
 * moment that the pool runs until it begins to drain. Main thread only, save the count.
 */
final class DemoProducer implements DemoWatch.Load, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DemoProducer.class);
  private static final Duration LONGEST_CREATE = Duration.ofSeconds(15);
  private static final Duration LONGEST_STOP = Duration.ofSeconds(3);
  private static final int PARTITIONS = 4;

  private final Vertx vertx = Vertx.vertx();
  private final DemoLoad load;
  private Future<String> deployed = Future.failedFuture("not begun");

  private DemoProducer(DemoLoad load) {
    this.load = load;
  }

  /** Makes the topics and the stream. */
  static DemoProducer create(DemoFiles files, ConfigSection root) throws ConfigException {
    SinkFactory orders = PoolSchema.sink("kafka", files.orders(), root);
    SinkFactory payments = PoolSchema.sink("redis", files.payments(), root);
    try {
      await(
          Future.join(
              List.of(
                  orders.create(PARTITIONS),
                  PoolSchema.sink("kafka", files.ordersDead(), root).create(1),
                  payments.create(1))),
          LONGEST_CREATE);
    } catch (ExecutionException | TimeoutException failure) {
      throw new CommandException(
          ExitCode.UNREACHABLE, "the broker makes no topics: " + failure.getMessage(), failure);
    }
    return new DemoProducer(new DemoLoad(orders, payments));
  }

  /** How many messages the brokers have acknowledged. */
  long acknowledged() {
    return load.acknowledged();
  }

  @Override
  public void begin() {
    deployed =
        vertx
            .deployVerticle(load)
            .onFailure(failure -> LOG.error("the load does not start", failure));
  }

  @Override
  public void end() {
    if (deployed.succeeded()) {
      quietly(vertx.undeploy(deployed.result()));
    }
  }

  @Override
  public void close() {
    end();
    quietly(vertx.close());
  }

  private static void quietly(Future<?> ending) {
    try {
      await(ending, LONGEST_STOP);
    } catch (ExecutionException | TimeoutException late) {
      LOG.warn("the load did not end in order", late);
    }
  }

  private static void await(Future<?> future, Duration longest)
      throws ExecutionException, TimeoutException {
    try {
      future
          .toCompletionStage()
          .toCompletableFuture()
          .get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException urged) {
      Thread.currentThread().interrupt();
    }
  }
}
