package dev.tailrace.app;

import dev.tailrace.kafka.KafkaClientConfig;
import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.message.Message;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/** A process whose handler never ends one message, and notes the others. */
final class StuckMarkWorker {
  private StuckMarkWorker() {}

  /**
   * Runs until it is killed.
   *
   * @param arguments brokers, topic (and group), file of effects, the offset that never ends or -1
   */
  public static void main(String[] arguments) throws Exception {
    String topic = arguments[1];
    Path effects = Files.createFile(Path.of(arguments[2]));
    long stuck = Long.parseLong(arguments[3]);
    KafkaClientConfig client =
        KafkaClientConfig.of(arguments[0])
            .with("session.timeout.ms", "3000")
            .with("heartbeat.interval.ms", "500");
    Vertx vertx = Vertx.vertx();
    Tailrace.builder(vertx)
        .add(
            Pipeline.named("orders")
                .source(KafkaSourceConfig.of(arguments[0], topic, topic).withClient(client))
                .limits(new PipelineLimits(8, 512, 64 << 20, 64))
                .handle(
                    (message, context) ->
                        message.origin().major() == stuck
                            ? Promise.<Outcome>promise().future()
                            : note(vertx, effects, message))
                .build())
        .build()
        .start()
        .onFailure(
            failure -> {
              throw new IllegalStateException(failure);
            });
  }

  private static Future<Outcome> note(Vertx vertx, Path effects, Message message) {
    return vertx
        .timer(2, TimeUnit.MILLISECONDS)
        .map(
            over -> {
              try {
                Files.writeString(
                    effects,
                    message.origin().major() + "\n",
                    StandardCharsets.UTF_8,
                    StandardOpenOption.APPEND);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
              return Outcome.done();
            });
  }
}
