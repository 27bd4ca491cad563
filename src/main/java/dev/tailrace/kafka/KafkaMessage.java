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
 * A record as a message. Bytes become buffers when they are asked for, and are then kept: a handler
 * that looks at the key alone costs no copy of the payload. Safe to share between threads: two that
 * ask at once may each make a buffer, of the same bytes.
 */
final class KafkaMessage implements PolledMessage {
  private final ConsumerRecord<byte[], byte[]> record;
  private final String source;
  private @Nullable Buffer key; // any thread; same content whoever sets it
  private @Nullable Buffer body; // any thread; same content whoever sets it
  private @Nullable Headers headers; // any thread; same content whoever sets it

  KafkaMessage(ConsumerRecord<byte[], byte[]> record, String source) {
    this.record = record;
    this.source = source;
  }

  @Override
  public long offset() {
    return record.offset();
  }

  /** Key, value and headers as they came over the wire. */
  @Override
  public int bytes() {
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
    Buffer known = key;
    if (known == null && record.key() != null) {
      key = known = Buffer.buffer(record.key());
    }
    return known;
  }

  @Override
  public @Nullable Object laneKey() {
    return record.key() == null ? null : new RecordKey(record.key());
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
