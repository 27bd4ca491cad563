package dev.tailrace.dispatch;

import java.util.Locale;

/** Which messages run one after the other, in position order. */
public enum Order {
  /** Those of one key; messages without a key stand alone. */
  KEY,
  /** Those of one partition or stream. */
  PARTITION,
  /** None. */
  UNORDERED;

  /** As written in the configuration. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
