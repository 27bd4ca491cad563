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
 * @param topic the topic; it is not created
 */
public record KafkaSinkFactory(KafkaClientConfig client, String topic) implements SinkFactory {
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
  public Sink sink(Loop loop) {
    return new KafkaSink(loop, client, topic);
  }

  @Override
  public DeadLetterBox box(Loop loop) {
    return new KafkaDeadLetterBox(loop, this);
  }
}
