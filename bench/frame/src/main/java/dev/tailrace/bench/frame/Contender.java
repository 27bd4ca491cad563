package dev.tailrace.bench.frame;

/** One way to consume a topic or a stream, alone in its JVM. */
public interface Contender {
  /**
   * Begins to consume from the beginning; returns, and goes on in threads of its own.
   *
   * @param setting what to consume, and how
   * @param work takes every message
   */
  void start(Setting setting, Work work) throws Exception;

  /** Ends in order: when it returns, all that was worked on is committed or acknowledged. */
  void stop() throws Exception;
}
