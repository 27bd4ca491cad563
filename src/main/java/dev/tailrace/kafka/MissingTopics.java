package dev.tailrace.kafka;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What becomes of a source whose topics are not there when it starts. */
public enum MissingTopics {
  /** It is unfit: the process does not start. */
  FAIL,
  /** It starts, with an alarm, and reads them when they are there. */
  WAIT,
  /** It creates them as the brokers have it by default. */
  CREATE;

  /** As written in the configuration. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(MissingTopics::label).toList();
  }
}
