package dev.tailrace.observe;

import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;

/** What a pool event about one message tells of it; read during the call, never kept. */
public interface Subject {
  /** The pipeline's name. */
  String pipeline();

  /** The message. */
  Message message();

  /**
   * Where it lies at its broker; another place than its origin where it came through a tier of
   * retries.
   */
  default Origin position() {
    return message().origin();
  }

  /** The epoch of the assignment under which the message came. */
  int epoch();

  /** The attempt, from 1; 0 before the first. */
  int attempt();
}
