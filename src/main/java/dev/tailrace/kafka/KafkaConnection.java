package dev.tailrace.kafka;

import dev.tailrace.observe.ClientMeters;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Timer;
import dev.tailrace.runtime.Workers;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.Until;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.kafka.client.consumer.KafkaReadStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects, checks the topics, joins, and polls through the stream of vertx-kafka-client; goes on
 * trying while the broker does not answer. Event loop only.
 */
final class KafkaConnection {
  /** How long a broker may take to answer the first question. */
  private static final Duration CHECK_LIMIT = Duration.ofSeconds(3);

  private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);
  private static final Duration POLL_TIMEOUT = Duration.ofSeconds(1);

  /** A thread that is held longer than this on closing is abandoned; it is a daemon. */
  private static final Duration CLOSE_BOUND =
      ControlledConsumer.CLOSE_LIMIT
          .plus(ControlledConsumer.JOIN_LIMIT)
          .plus(Command.CALL_LIMIT)
          .plusSeconds(1);

  /** Two, so that a resolver which hangs does not keep a client from being closed. */
  private static final Workers WORKERS = new Workers("tailrace-kafka-start", 2);

  private static final Logger LOG = LoggerFactory.getLogger(KafkaConnection.class);

  private final Vertx vertx;
  private final Loop loop;
  private final ClientMeters meters;
  private final KafkaSourceConfig config;
  private final ClientFactory clients;
  private final TopicLookup topics;
  private final Handler<ConsumerRecords<byte[], byte[]>> polled;

  private Map<String, Integer> partitionsBefore = Map.of(); // event loop only; at the first start
  private ReadingEnd end = ReadingEnd.NONE; // event loop only; at the first start
  private @Nullable ControlledConsumer consumer; // event loop only
  private @Nullable KafkaReadStream<byte[], byte[]> stream; // event loop only
  private volatile BoundMeters clientMeters =
      BoundMeters.NONE; // written by the worker that subscribes
  private Future<?> working = Future.succeededFuture(); // event loop only; the last offloaded step
  private @Nullable Timer retry; // event loop only
  private boolean joined; // event loop only; a client has polled: what is refused now is waited for
  private @Nullable Promise<Void> closing; // event loop only

  KafkaConnection(
      Vertx vertx,
      SourceEnvironment environment,
      KafkaSourceConfig config,
      ClientFactory clients,
      TopicLookup topics,
      Handler<ConsumerRecords<byte[], byte[]>> polled) {
    this.vertx = vertx;
    this.loop = environment.loop();
    this.meters = environment.meters();
    this.config = config;
    this.clients = clients;
    this.topics = topics;
    this.polled = polled;
  }

  /** The connected consumer, or null where there is none yet. */
  @Nullable ControlledConsumer consumer() {
    return consumer;
  }

  /**
   * Begins to connect.
   *
   * @param settings of the native client
   * @param events told of every attempt that failed, and of the group
   */
  void open(Map<String, Object> settings, GroupEvents events) {
    retry = null;
    if (closing != null) {
      return;
    }
    boolean starting = !joined;
    Future<Connected> attempt = loop.offload(WORKERS, () -> connect(settings, starting)).future();
    working = attempt;
    attempt.onComplete(
        connected -> subscribe(connected, events),
        failure -> {
          if (closing == null) {
            events.failed(failure);
            if (joined || KafkaErrors.unfit(failure, config).isEmpty()) {
              retry = loop.after(RETRY_PAUSE, () -> open(settings, events));
            }
          }
        });
  }

  /** Ends a client that is of no use any more, and connects with another one; as {@link #open}. */
  void renew(Map<String, Object> settings, GroupEvents events) {
    KafkaReadStream<byte[], byte[]> useless = stream;
    if (closing != null || consumer == null || useless == null) {
      return;
    }
    consumer.beginClose();
    clientMeters.close();
    consumer = null;
    stream = null;
    working = working.transform(begun -> useless.close());
    working.onComplete(
        closed ->
            loop.execute(
                () -> {
                  if (closing == null) {
                    retry = loop.after(RETRY_PAUSE, () -> open(settings, events));
                  }
                }));
  }

  /** Where the partitions ended at the first start; of none before. */
  ReadingEnd end() {
    return end;
  }

  /**
   * What a start has found.
   *
   * @param client that may be used
   * @param partitions how many the topics had that it is to read
   * @param end of them, where it is to read until there
   */
  private record Connected(
      Consumer<byte[], byte[]> client, Map<String, Integer> partitions, ReadingEnd end) {}

  /** On a worker: makes a client, and asks for the topics and for what this user may do. */
  private Connected connect(Map<String, Object> settings, boolean starting) {
    Consumer<byte[], byte[]> client = clients.create(settings);
    try {
      Map<String, Integer> partitions = new HashMap<>();
      client.listTopics(CHECK_LIMIT).forEach((name, all) -> partitions.put(name, all.size()));
      if (starting) {
        TopicCheck.atStart(config, partitions.keySet(), CHECK_LIMIT);
      }
      AccessCheck.reading(config, partitions.keySet(), CHECK_LIMIT);
      partitions.keySet().removeIf(name -> !config.subscription().matches(name));
      boolean ends = starting && config.until() == Until.END;
      return new Connected(client, partitions, ends ? end(client, partitions) : ReadingEnd.NONE);
    } catch (RuntimeException failure) {
      abandon(client, failure);
      throw failure;
    }
  }

  private static ReadingEnd end(Consumer<byte[], byte[]> client, Map<String, Integer> partitions) {
    List<TopicPartition> all = new ArrayList<>();
    partitions.forEach(
        (topic, count) -> {
          for (int number = 0; number < count; number++) {
            all.add(new TopicPartition(topic, number));
          }
        });
    return new ReadingEnd(client.endOffsets(all, CHECK_LIMIT));
  }

  private static void abandon(Consumer<byte[], byte[]> client, RuntimeException failure) {
    try {
      client.close(CloseOptions.timeout(Duration.ZERO));
    } catch (RuntimeException second) {
      failure.addSuppressed(second);
    }
  }

  private void subscribe(Connected connected, GroupEvents events) {
    ControlledConsumer controlled =
        new ControlledConsumer(
            connected.client(), config, loop, events, new PollAhead(loop, polled));
    if (!joined) {
      partitionsBefore = connected.partitions();
      end = connected.end();
    }
    controlled.before(partitionsBefore);
    controlled.topics(topics);
    if (closing != null) {
      working = loop.offload(WORKERS, () -> closed(controlled)).future();
      return;
    }
    KafkaReadStream<byte[], byte[]> made = KafkaReadStream.create(vertx, controlled);
    made.pollTimeout(POLL_TIMEOUT);
    made.batchHandler(polled);
    consumer = controlled;
    stream = made;
    joined = true;
    // The stream makes its thread in this call, with the caller's daemon flag: so from a worker,
    // which is a daemon, and not from the event loop, which would keep the process alive.
    working = loop.offload(WORKERS, () -> subscribed(made, controlled)).future();
    working.onFailure(events::failed);
  }

  private Boolean subscribed(KafkaReadStream<byte[], byte[]> made, ControlledConsumer controlled) {
    Subscription subscription = config.subscription();
    Future<Void> done =
        subscription.pattern() == null
            ? made.subscribe(subscription.topics())
            : made.subscribe(subscription.pattern());
    done.onFailure(
        failure ->
            LOG.atError()
                .addKeyValue("source", config.describe())
                .setCause(failure)
                .log("subscribing failed"));
    clientMeters = BoundMeters.of(controlled, meters);
    return true;
  }

  private static Boolean closed(ControlledConsumer controlled) {
    controlled.close();
    return true;
  }

  /** Leaves the group and ends the poll thread; bounded, never fails, twice is fine. */
  Future<Void> close() {
    if (closing != null) {
      return closing.future();
    }
    Promise<Void> promise = Promise.promise();
    closing = promise;
    if (retry != null) {
      retry.cancel();
    }
    if (consumer != null) {
      consumer.beginClose();
    }
    Timer bound =
        loop.after(
            CLOSE_BOUND,
            () -> {
              if (promise.tryComplete()) {
                LOG.atWarn()
                    .addKeyValue("source", config.describe())
                    .log("the consumer's thread is held by its client and is abandoned");
              }
            });
    working
        .<Void>transform(begun -> stream == null ? working.mapEmpty() : stream.close())
        .onComplete(
            ended ->
                loop.execute(
                    () -> {
                      bound.cancel();
                      promise.tryComplete();
                    }));
    return promise.future().onComplete(closed -> clientMeters.close());
  }
}
