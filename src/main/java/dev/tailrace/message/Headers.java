package dev.tailrace.message;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Headers as bytes, in the producer's order; a name may occur more than once, and a value may be
 * null, as Kafka allows. Immutable.
 */
public final class Headers implements Iterable<Headers.Header> {
  /**
   * Makes a replayed dead letter another message than the one that died: a part of its idempotency
   * key in the pipeline that {@link #REPLAY_PIPELINE} names.
   */
  public static final String REPLAY_ID = "tailrace-replay-id";

  /** The pipeline in which a replayed dead letter had died; absent for any. */
  public static final String REPLAY_PIPELINE = "tailrace-replay-pipeline";

  private static final Headers EMPTY = new Headers(List.of());

  private final List<Header> entries;

  private Headers(List<Header> entries) {
    this.entries = entries;
  }

  /**
   * One header.
   *
   * @param name case-sensitive
   * @param value the bytes, or null
   */
  public record Header(String name, @Nullable Buffer value) {}

  /** No headers. */
  public static Headers empty() {
    return EMPTY;
  }

  /** The given headers, copied. */
  public static Headers of(List<Header> entries) {
    return entries.isEmpty() ? EMPTY : new Headers(List.copyOf(entries));
  }

  /** These headers and one more at the end; earlier ones of the same name stay. */
  public Headers with(String name, Buffer value) {
    List<Header> more = new ArrayList<>(entries.size() + 1);
    more.addAll(entries);
    more.add(new Header(name, value));
    return new Headers(List.copyOf(more));
  }

  /** These headers and one more at the end, its value as UTF-8. */
  public Headers with(String name, String value) {
    return with(name, Buffer.buffer(value));
  }

  /** These headers without those of the given name. */
  public Headers without(String name) {
    return of(entries.stream().filter(header -> !header.name().equals(name)).toList());
  }

  /** The last value of the name, as Kafka reads it, or null. */
  public @Nullable Buffer get(String name) {
    for (int i = entries.size() - 1; i >= 0; i--) {
      if (entries.get(i).name().equals(name)) {
        return entries.get(i).value();
      }
    }
    return null;
  }

  /** The last value of the name read as UTF-8, or null. */
  public @Nullable String text(String name) {
    Buffer value = get(name);
    return value == null ? null : value.toString(StandardCharsets.UTF_8);
  }

  /** How many headers there are. */
  public int size() {
    return entries.size();
  }

  @Override
  public Iterator<Header> iterator() {
    return entries.iterator();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Headers headers && entries.equals(headers.entries);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(entries);
  }

  /** The names only: values may be secret. */
  @Override
  public String toString() {
    return entries.stream().map(Header::name).toList().toString();
  }
}
