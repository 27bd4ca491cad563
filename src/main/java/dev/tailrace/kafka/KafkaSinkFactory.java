package dev.tailrace.kafka;

import dev.tailrace.runtime.Loop;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.sink.Sink;
import dev.tailrace.sink.SinkFactory;
import io.vertx.core.Future;

/**
 * A topic as a destination.
 *
 * @param client where the brokers are, and native settings
 * @param topic the topic
 * @param missing what becomes of a sink whose topic is not there when it starts
 */
public record KafkaSinkFactory(KafkaClientConfig client, String topic, MissingTopics missing)
    implements SinkFactory {
  /** A topic that has to be there. */
  public KafkaSinkFactory(KafkaClientConfig client, String topic) {
    this(client, topic, MissingTopics.FAIL);
  }

  @Override
  public String destination() {
    return topic;
  }

  @Override
  public boolean isSameAs(String kind, String name) {
    return kind.equals("kafka") && name.equals(topic);
  }

  @Override
  public Future<Void> create(int partitions) {
    return TopicCreation.create(client, topic, partitions);
  }

  @Override
  public Future<Void> remove(Loop loop) {
    return TopicRemoval.remove(client, topic);
  }

  @Override
  public Sink sink(Loop loop) {
    return new KafkaSink(loop, this);
  }

  @Override
  public DeadLetterBox box(Loop loop) {
    return new KafkaDeadLetterBox(loop, this);
  }
}
