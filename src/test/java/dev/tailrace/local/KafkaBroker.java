package dev.tailrace.local;

/** A single Kafka broker, its own controller. Topics are not created by use. */
public interface KafkaBroker extends TestServer {
  /** Where clients connect, as {@code host:port}. */
  String bootstrap();
}
