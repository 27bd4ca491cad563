package dev.tailrace.bench.micro;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;

/** A message of 100 bytes and its delivery, made before it is measured; nobody hears of its end. */
public record Parcel(Partition partition, Origin origin, Buffer key, Buffer body)
    implements Message, Delivery {
  private static final int BYTES = 100;

  /** The message at an offset, with one of so many keys. */
  public static Parcel of(Partition partition, int offset, int keys) {
    return new Parcel(
        partition,
        Origin.offset(partition.source(), offset),
        Buffer.buffer("key-" + offset % keys),
        Buffer.buffer(new byte[BYTES]));
  }

  @Override
  public Message message() {
    return this;
  }

  @Override
  public Headers headers() {
    return Headers.empty();
  }

  @Override
  public Instant timestamp() {
    return Instant.EPOCH;
  }

  @Override
  public int bytes() {
    return BYTES;
  }

  @Override
  public int deliveries() {
    return 1;
  }

  @Override
  public boolean finishedBefore() {
    return false;
  }

  @Override
  public void settle() {}

  @Override
  public void release() {}

  @Override
  public String toString() {
    return origin.toString();
  }
}
