package dev.tailrace.kafka;

import dev.tailrace.message.Message;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record on its way through the pool, with its partition as the way home. */
final class KafkaDelivery implements Delivery {
  private final KafkaPartition home;
  private final KafkaMessage message;
  private final long offset;
  private final int bytes;
  private boolean finishedBefore; // event loop only

  KafkaDelivery(KafkaPartition home, ConsumerRecord<byte[], byte[]> record) {
    this.home = home;
    this.message = new KafkaMessage(record, home.partition().source());
    this.offset = record.offset();
    this.bytes = KafkaMessage.weight(record);
  }

  long offset() {
    return offset;
  }

  void markFinishedBefore() {
    finishedBefore = true;
  }

  @Override
  public Message message() {
    return message;
  }

  @Override
  public Partition partition() {
    return home.partition();
  }

  @Override
  public int bytes() {
    return bytes;
  }

  /** Always 1: Kafka does not count. */
  @Override
  public int deliveries() {
    return 1;
  }

  @Override
  public boolean finishedBefore() {
    return finishedBefore;
  }

  @Override
  public void settle() {
    if (!finishedBefore) {
      home.settle(offset);
    }
  }

  /** Does nothing: what is not finished stays above the committed position. */
  @Override
  public void release() {}
}
