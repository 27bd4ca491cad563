package dev.tailrace.message;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A message as tests write it down. */
public record TestMessage(
    Origin origin, @Nullable Buffer key, @Nullable Buffer body, Headers headers, Instant timestamp)
    implements Message {

  /** A message of {@code orders/1} with a key, a body and no headers. */
  public static TestMessage at(long offset) {
    return new TestMessage(
        Origin.offset("orders/1", offset),
        Buffer.buffer("key"),
        Buffer.buffer("body"),
        Headers.empty(),
        Instant.EPOCH);
  }

  /** A message of any source, with a key or without, no body and no headers. */
  public static TestMessage of(Origin origin, @Nullable Buffer key) {
    return new TestMessage(origin, key, null, Headers.empty(), Instant.EPOCH);
  }

  /** This one with another key. */
  public TestMessage withKey(@Nullable Buffer other) {
    return new TestMessage(origin, other, body, headers, timestamp);
  }

  /** This one with another body. */
  public TestMessage withBody(@Nullable Buffer other) {
    return new TestMessage(origin, key, other, headers, timestamp);
  }

  /** This one with one more header. */
  public TestMessage with(String name, String value) {
    return new TestMessage(origin, key, body, headers.with(name, value), timestamp);
  }

  /** This one with one more header of bytes. */
  public TestMessage with(String name, Buffer value) {
    return new TestMessage(origin, key, body, headers.with(name, value), timestamp);
  }

  /** As every message prints. */
  @Override
  public String toString() {
    return origin.toString();
  }
}
