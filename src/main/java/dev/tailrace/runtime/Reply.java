package dev.tailrace.runtime;

import org.jspecify.annotations.Nullable;

/**
 * What came of a request to another machine: it worked, it was refused, or nobody knows. A
 * time-out, a closed connection and a lost answer are unknown, never failed: the request may have
 * been carried out.
 *
 * @param <T> the value of a reply that worked
 */
public sealed interface Reply<T> {
  /** It worked. */
  static <T> Reply<T> ok(T value) {
    return new Ok<>(value);
  }

  /** It was refused, and was not carried out. */
  static <T> Reply<T> failed(Throwable cause) {
    return new Failed<>(cause);
  }

  /** It may or may not have been carried out. */
  static <T> Reply<T> unknown(Throwable cause) {
    return new Unknown<>(cause);
  }

  /** Whether it worked. */
  default boolean isOk() {
    return this instanceof Ok;
  }

  /** Whether nobody knows. */
  default boolean isUnknown() {
    return this instanceof Unknown;
  }

  /** Why it is not known to have worked, or null where it did. */
  default @Nullable Throwable cause() {
    return null;
  }

  /**
   * It worked.
   *
   * @param value what was answered
   */
  record Ok<T>(T value) implements Reply<T> {}

  /**
   * It was refused, and was not carried out.
   *
   * @param cause why
   */
  record Failed<T>(Throwable cause) implements Reply<T> {}

  /**
   * It may or may not have been carried out.
   *
   * @param cause what was seen instead of an answer
   */
  record Unknown<T>(Throwable cause) implements Reply<T> {}
}
