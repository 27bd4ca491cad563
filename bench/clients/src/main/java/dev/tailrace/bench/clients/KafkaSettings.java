package dev.tailrace.bench.clients;

import dev.tailrace.bench.frame.Setting;
import java.util.HashMap;
import java.util.Map;

/** The settings of the native client which Tailrace uses, for those that are measured beside it. */
final class KafkaSettings {
  private static final String BYTES = "org.apache.kafka.common.serialization.ByteArrayDeserializer";

  private KafkaSettings() {}

  static Map<String, String> of(Setting setting) {
    Map<String, String> settings = new HashMap<>();
    settings.put("bootstrap.servers", setting.get("bootstrap"));
    settings.put("group.id", setting.get("group"));
    settings.put("key.deserializer", BYTES);
    settings.put("value.deserializer", BYTES);
    settings.put("enable.auto.commit", "false");
    settings.put("auto.offset.reset", "earliest");
    settings.put("isolation.level", "read_committed");
    settings.put("fetch.max.wait.ms", "100");
    settings.put(
        "partition.assignment.strategy",
        "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
    return settings;
  }
}
