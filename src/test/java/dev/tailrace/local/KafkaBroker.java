package dev.tailrace.local;

import java.util.Map;

/** A single Kafka broker, its own controller. Topics are not created by use. */
public interface KafkaBroker extends TestServer {
  /** Where clients connect, as {@code host:port}. */
  String bootstrap();

  /** What an administrator's client needs to connect, and may do everything with. */
  default Map<String, Object> administrator() {
    return Map.of("bootstrap.servers", bootstrap());
  }
}
