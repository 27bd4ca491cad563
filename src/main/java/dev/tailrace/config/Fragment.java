package dev.tailrace.config;

/**
 * The part of the configuration schema that one type owns: a source, a handler, a store, a dead
 * letter, or a section at the root.
 *
 * @param type the word that chooses it, such as {@code kafka}
 * @param schema its keys
 */
public record Fragment(String type, ObjectSchema schema) {

  /** A type without keys: {@code store: memory}, {@code handler: {log: {}}}. */
  public static Fragment of(String type) {
    return new Fragment(type, ObjectSchema.builder().build());
  }

  /**
   * A type with one required text, which may stand for the whole: {@code dead-letter: {kafka:
   * orders.dlq}} sets {@code topic}.
   *
   * @param key the name of that text, such as {@code topic}
   * @param description what it is, one sentence without a full stop
   */
  public static Fragment single(String type, String key, String description) {
    return new Fragment(
        type,
        ObjectSchema.builder().text(key, null, description).required(key).shorthand(key).build());
  }
}
