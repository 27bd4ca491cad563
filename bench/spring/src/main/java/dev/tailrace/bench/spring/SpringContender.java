package dev.tailrace.bench.spring;

import dev.tailrace.bench.frame.Contender;
import dev.tailrace.bench.frame.Setting;
import dev.tailrace.bench.frame.Work;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;

/**
 * A listener container as its documentation makes one: for each record, or for all of a poll
 * ({@code listener}), and with the commits of {@code ack}, by default one for each poll.
 */
public final class SpringContender implements Contender {
  private KafkaMessageListenerContainer<byte[], byte[]> container; // main thread only

  @Override
  public void start(Setting setting, Work work) {
    ContainerProperties properties = new ContainerProperties(setting.get("topic"));
    properties.setAckMode(AckMode.valueOf(setting.get("ack", AckMode.BATCH.name())));
    if (setting.get("listener").equals("batch")) {
      properties.setMessageListener(
          (BatchMessageListener<byte[], byte[]>)
              records -> records.forEach(record -> handle(record, setting, work)));
    } else {
      properties.setMessageListener(
          (MessageListener<byte[], byte[]>) record -> handle(record, setting, work));
    }
    container =
        new KafkaMessageListenerContainer<>(
            new DefaultKafkaConsumerFactory<>(setting.consumer()), properties);
    container.start();
  }

  private static void handle(ConsumerRecord<byte[], byte[]> record, Setting setting, Work work) {
    if (work.isWatching()) {
      work.look(ByteBuffer.wrap(record.value()));
    }
    setting.work();
    work.done();
  }

  @Override
  public void stop() {
    container.stop();
  }
}
