package dev.tailrace.kafka;

import dev.tailrace.lifecycle.Connection;
import dev.tailrace.message.Headers;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import dev.tailrace.runtime.Workers;
import dev.tailrace.sink.MessageRefusedException;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.Sink;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Sends to one topic with {@code acks=all} through an idempotent producer. Event loop only.
 *
 * <p>The producer blocks for metadata and for buffer space, up to {@code max.block.ms} for each
 * record; so a batch is handed to it on one worker, and once a record has waited in vain the rest
 * of its batch is not tried. (The write stream of vertx-kafka-client queues each record by itself,
 * and would wait for each.)
 */
final class KafkaSink implements Sink {
  private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

  /** How much later than the producer's own time-outs a batch is given up. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  /** Distinguishes the clients of one process, as their metrics must be. */
  private static final AtomicInteger PRODUCERS = new AtomicInteger();

  /** One, so that messages are sent in the order in which they are given. */
  private static final Workers SENDER = new Workers("tailrace-kafka-sink", 1);

  /** Apart from the sender, which a silent broker may hold. */
  private static final Workers CLOSER = new Workers("tailrace-kafka-sink-close", 1);

  private final Loop loop;
  private final KafkaClientConfig client;
  private final String topic;
  private final MissingTopics missing;
  private final Duration patience;
  private final SinkStanding standing;
  private final Promise<Void> opened = Promise.promise();

  private @Nullable Producer<byte[], byte[]> producer; // event loop only
  private @Nullable Timer retry; // event loop only
  private boolean opening; // event loop only
  private @Nullable Future<Void> closed; // event loop only

  KafkaSink(Loop loop, KafkaSinkFactory destination) {
    this.loop = loop;
    this.client = destination.client();
    this.topic = destination.topic();
    this.missing = destination.missing();
    this.patience = ClientSettings.sendLimit(client).plus(GRACE);
    this.standing = new SinkStanding(loop, destination());
  }

  @Override
  public String destination() {
    return "kafka " + topic;
  }

  @Override
  public Optional<Connection> connection() {
    assert loop.inLoop();
    return Optional.of(standing.connection());
  }

  /**
   * As in {@link Sink}; goes on trying while the broker does not answer, until {@link #close}.
   * Fails with {@link dev.tailrace.source.UnfitException} where access is refused, or the topic is
   * missing. One that may be missing is looked for until it is there; messages are refused so long,
   * which does not keep the sink from being open.
   */
  @Override
  public Future<Void> open() {
    assert loop.inLoop();
    if (!opening) {
      opening = true;
      attempt();
    }
    return opened.future();
  }

  private void attempt() {
    retry = null;
    String clientId = "tailrace-to-" + topic + "-" + PRODUCERS.incrementAndGet();
    loop.offload(SENDER, () -> ProducerStart.connect(client, topic, missing, clientId))
        .future()
        .onComplete(
            made -> {
              producer = made;
              if (closed != null) {
                closed = loop.offload(CLOSER, () -> closed(made)).future().mapEmpty();
              } else {
                standing.up();
                opened.tryComplete();
              }
            },
            failure -> {
              if (closed != null) {
                return;
              }
              Optional<UnfitException> unfit = unfit(failure);
              standing.down(unfit.map(Throwable::getMessage).orElse(KafkaErrors.text(failure)));
              boolean awaited = failure instanceof MissingTopicException;
              if (awaited) {
                opened.tryComplete();
              } else {
                unfit.ifPresent(opened::tryFail);
              }
              if (awaited || unfit.isEmpty()) {
                retry = loop.after(RETRY_PAUSE, this::attempt);
              }
            });
  }

  @Override
  public Future<List<Reply<Sent>>> send(List<OutgoingMessage> messages) {
    assert loop.inLoop();
    Producer<byte[], byte[]> open = producer;
    if (open == null || closed != null) {
      Throwable notOpen = new IllegalStateException(destination() + " is not open");
      return Future.succeededFuture(all(messages, Reply.failed(notOpen)));
    }
    if (messages.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    Batch batch = new Batch(messages.size());
    Timer bound = loop.after(patience, batch::giveUp);
    loop.offload(SENDER, () -> batch.send(open, messages))
        .future()
        .onFailure(withdrawn -> batch.replies.giveUp(Reply.failed(withdrawn)));
    return batch
        .replies
        .all()
        .onSuccess(
            answers -> {
              bound.cancel();
              judge(answers);
            });
  }

  /** One answer that is good, or that refuses the message alone, is an answer of the broker. */
  private void judge(List<Reply<Sent>> answers) {
    Throwable failure = null;
    for (Reply<Sent> answer : answers) {
      if (answer.isOk() || answer.cause() instanceof MessageRefusedException) {
        standing.up();
        return;
      }
      failure = answer.cause();
    }
    if (failure != null) {
      standing.down(
          failure instanceof UnfitException unfit
              ? String.valueOf(unfit.getMessage())
              : KafkaErrors.text(failure));
    }
  }

  private Optional<UnfitException> unfit(Throwable failure) {
    String who = "kafka " + client.bootstrap() + ", the producer of " + topic;
    return KafkaErrors.unfit(failure, client, who, AclOperation.WRITE);
  }

  private static List<Reply<Sent>> all(List<OutgoingMessage> messages, Reply<Sent> reply) {
    return Collections.nCopies(messages.size(), reply);
  }

  /** The messages of one call on their way. */
  private final class Batch {
    private final PendingReplies<Sent> replies;
    private @Nullable TimeoutException blocked; // the sending worker only

    Batch(int size) {
      replies = new PendingReplies<>(loop, size);
    }

    /** The producer's own time-out does not run before a broker has given it an id. */
    void giveUp() {
      Throwable silent = new TimeoutException("no answer within " + patience);
      replies.giveUp(Reply.unknown(silent));
    }

    Boolean send(Producer<byte[], byte[]> open, List<OutgoingMessage> messages) {
      Thread sender = Thread.currentThread();
      for (int i = 0; i < messages.size(); i++) {
        int index = i;
        if (blocked != null) {
          replies.answer(index, Reply.failed(blocked));
          continue;
        }
        try {
          // The future says no more than the callback does.
          var unused =
              open.send(
                  record(messages.get(i)),
                  (metadata, failure) ->
                      answered(index, metadata, failure, Thread.currentThread() == sender));
        } catch (RuntimeException failure) {
          replies.answer(index, KafkaErrors.reply(failure));
        }
      }
      return true;
    }

    private void answered(
        int index,
        @Nullable RecordMetadata metadata,
        @Nullable Exception failure,
        boolean neverLeft) {
      if (neverLeft && failure instanceof TimeoutException waited) {
        blocked = waited;
        replies.answer(index, Reply.failed(waited));
      } else {
        replies.answer(index, reply(metadata, failure));
      }
    }
  }

  private Reply<Sent> reply(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
    if (failure == null && metadata != null) {
      return Reply.ok(
          new Sent(metadata.topic() + "/" + metadata.partition() + "@" + metadata.offset()));
    }
    if (failure instanceof RecordTooLargeException
        || failure instanceof RecordBatchTooLargeException) {
      return Reply.failed(
          new MessageRefusedException(
              topic + " takes no message of this size: " + failure.getMessage(), failure));
    }
    if (failure instanceof AuthorizationException || failure instanceof AuthenticationException) {
      return Reply.failed(unfit(failure).<Throwable>map(unfit -> unfit).orElse(failure));
    }
    // A producer that is closed by force fails what may be on its way with a plain KafkaException.
    return failure instanceof ApiException refused
        ? KafkaErrors.reply(refused)
        : Reply.unknown(failure == null ? new IllegalStateException("no answer") : failure);
  }

  private ProducerRecord<byte[], byte[]> record(OutgoingMessage message) {
    List<Header> headers =
        StreamSupport.stream(message.headers().spliterator(), false)
            .map(KafkaSink::header)
            .toList();
    return new ProducerRecord<>(topic, null, bytes(message.key()), bytes(message.body()), headers);
  }

  private static Header header(Headers.Header header) {
    return new RecordHeader(header.name(), bytes(header.value()));
  }

  @SuppressWarnings("NullAway") // Kafka takes null for no key, a tombstone, and no header value
  private static byte[] bytes(@Nullable Buffer buffer) {
    return buffer == null ? null : buffer.getBytes();
  }

  /** What is not acknowledged by now is answered as unknown; bounded, twice is fine. */
  @Override
  public Future<Void> close() {
    assert loop.inLoop();
    if (closed != null) {
      return closed;
    }
    opened.tryFail("closed before it was open");
    if (retry != null) {
      retry.cancel();
    }
    Producer<byte[], byte[]> open = producer;
    closed =
        open == null
            ? Future.succeededFuture()
            : loop.offload(CLOSER, () -> closed(open)).future().transform(done -> ok());
    return closed;
  }

  private static Future<Void> ok() {
    return Future.succeededFuture();
  }

  private static Boolean closed(Producer<byte[], byte[]> open) {
    open.close(CLOSE_LIMIT);
    return true;
  }
}
