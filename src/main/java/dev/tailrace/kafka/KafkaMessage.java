package dev.tailrace.kafka;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Origin;
import dev.tailrace.source.PolledMessage;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A record as a message. Bytes become buffers when they are asked for: a handler that looks at the
 * key alone costs no copy of the payload. Payload and headers are then kept. Safe to share between
 * threads: two that ask at once may each make a buffer, of the same bytes.
 */
final class KafkaMessage implements PolledMessage {
  private final ConsumerRecord<byte[], byte[]> record;
  private final String source;
  private final int bytes;
  private @Nullable Buffer body; // any thread; same content whoever sets it
  private @Nullable Headers headers; // any thread; same content whoever sets it

  KafkaMessage(ConsumerRecord<byte[], byte[]> record, String source) {
    this.record = record;
    this.source = source;
    this.bytes = weight(record);
  }

  @Override
  public long offset() {
    return record.offset();
  }

  @Override
  public int bytes() {
    return bytes;
  }

  /** Key, value and headers as they came over the wire. */
  static int weight(ConsumerRecord<byte[], byte[]> record) {
    int bytes = Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
    for (Header header : record.headers().toArray()) {
      byte[] value = header.value();
      bytes += header.key().length() + (value == null ? 0 : value.length);
    }
    return Math.max(1, bytes);
  }

  @Override
  public Origin origin() {
    return Origin.offset(source, record.offset());
  }

  @Override
  public @Nullable Buffer key() {
    return record.key() == null ? null : Buffer.buffer(record.key());
  }

  @Override
  public @Nullable Object laneKey() {
    return record.key();
  }

  @Override
  public @Nullable Buffer body() {
    Buffer known = body;
    if (known == null && record.value() != null) {
      body = known = Buffer.buffer(record.value());
    }
    return known;
  }

  @Override
  public Headers headers() {
    Headers known = headers;
    if (known == null) {
      headers = known = copied();
    }
    return known;
  }

  private Headers copied() {
    if (!record.headers().iterator().hasNext()) {
      return Headers.empty();
    }
    List<Headers.Header> copies = new ArrayList<>();
    for (Header header : record.headers()) {
      byte[] value = header.value();
      copies.add(new Headers.Header(header.key(), value == null ? null : Buffer.buffer(value)));
    }
    return Headers.of(copies);
  }

  @Override
  public Instant timestamp() {
    return Instant.ofEpochMilli(record.timestamp());
  }

  @Override
  public String toString() {
    return source + "@" + record.offset();
  }
}
