package dev.tailrace.kafka;

import dev.tailrace.source.PolledMessage;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What the records that a source reads are to its pipeline. */
enum RecordForm {
  /** Messages, as they are. */
  MESSAGE,
  /** Messages that wait for a later attempt. */
  RETRY;

  /** What a poll brought of one partition, in its order. */
  List<PolledMessage> read(List<ConsumerRecord<byte[], byte[]>> records, String source) {
    List<PolledMessage> messages = new ArrayList<>(records.size());
    for (ConsumerRecord<byte[], byte[]> record : records) {
      messages.add(read(record, source));
    }
    return messages;
  }

  private PolledMessage read(ConsumerRecord<byte[], byte[]> record, String source) {
    KafkaMessage message = new KafkaMessage(record, source);
    return this == RETRY ? new RetriedMessage(message) : message;
  }

  /** What the id of the client has behind its number: one process may have both of one number. */
  String clientSuffix(KafkaSourceConfig config) {
    return this == RETRY ? "-" + config.describe() : "";
  }
}
