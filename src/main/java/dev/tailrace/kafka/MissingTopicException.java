package dev.tailrace.kafka;

/** A topic is not there yet, and is waited for. */
final class MissingTopicException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MissingTopicException(String topic, String bootstrap) {
    super("topic '" + topic + "' is not there yet on " + bootstrap);
  }
}
