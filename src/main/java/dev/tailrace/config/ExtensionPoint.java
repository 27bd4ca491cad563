package dev.tailrace.config;

/** Places of the configuration where other packages add types of their own. */
public enum ExtensionPoint {
  /** Where messages come from. */
  SOURCE("source"),
  /** What is done with a message. */
  HANDLER("handler"),
  /** Where idempotency keys are claimed. */
  STORE("store"),
  /** Where messages go that cannot be processed. */
  DEAD_LETTER("dead-letter");

  private final String key;

  ExtensionPoint(String key) {
    this.key = key;
  }

  /** The key under which a type is chosen. */
  public String key() {
    return key;
  }
}
