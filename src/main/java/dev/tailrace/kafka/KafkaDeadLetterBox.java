package dev.tailrace.kafka;

import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Workers;
import dev.tailrace.sink.DeadLetter;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TimeoutException;

/** Dead letters in a topic; its blocking calls run on one worker, one after the other. */
final class KafkaDeadLetterBox implements DeadLetterBox {
  private static final Workers READER = new Workers("tailrace-dead-letters", 1);

  private final Loop loop;
  private final KafkaClientConfig client;
  private final DeadLetterTopic topic;

  KafkaDeadLetterBox(Loop loop, KafkaSinkFactory from) {
    this.loop = loop;
    this.client = from.client();
    this.topic = new DeadLetterTopic(from.client(), from.topic());
  }

  @Override
  public String destination() {
    return "kafka " + topic.name();
  }

  @Override
  public Future<Void> open() {
    return work(() -> {
          topic.open();
          return true;
        })
        .mapEmpty();
  }

  @Override
  public Future<Ahead> start(Start start) {
    return work(() -> topic.start(start));
  }

  @Override
  public Future<List<DeadLetter>> next() {
    return work(topic::next);
  }

  @Override
  public Future<Void> keep(List<DeadLetter> handled) {
    return work(() -> {
          topic.keep(handled);
          return true;
        })
        .mapEmpty();
  }

  @Override
  public Future<Purged> purge(Predicate<DeadLetter> meant, boolean dryRun) {
    return work(() -> topic.purge(meant, dryRun));
  }

  @Override
  public Future<Void> close() {
    topic.interrupt();
    return work(() -> {
          topic.close();
          return true;
        })
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  private <T> Future<T> work(Callable<T> blocking) {
    return loop.offload(READER, blocking).future().recover(this::told);
  }

  /** In words for the user; a mistake of ours stays one. */
  private <T> Future<T> told(Throwable failure) {
    if (!(failure instanceof KafkaException)) {
      return Future.failedFuture(failure);
    }
    String where = "kafka " + client.bootstrap();
    String what =
        failure instanceof TimeoutException ? failure.getMessage() : KafkaErrors.text(failure);
    return Future.failedFuture(
        KafkaErrors.unfit(failure, client, where, AclOperation.READ)
            .orElseGet(
                () ->
                    new UnfitException(where + ", topic " + topic.name() + ": " + what, failure)));
  }
}
