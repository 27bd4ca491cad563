package dev.tailrace.bench.clients;

import dev.tailrace.bench.frame.Setting;
import java.util.HashMap;
import java.util.Map;

/** The settings of the native client which Tailrace uses, for those that are measured beside it. */
final class KafkaSettings {
  private KafkaSettings() {}

  static Map<String, String> of(Setting setting) {
    Map<String, String> settings = new HashMap<>();
    setting.consumer().forEach((key, value) -> settings.put(key, value.toString()));
    settings.put("fetch.max.wait.ms", "100");
    settings.put(
        "partition.assignment.strategy",
        "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
    return settings;
  }
}
