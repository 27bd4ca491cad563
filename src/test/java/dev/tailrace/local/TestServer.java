package dev.tailrace.local;

/**
 * One real server. Its address stays the same for as long as it is not closed. To be used by one
 * thread at a time.
 */
public interface TestServer extends AutoCloseable {
  /** Freezes the server as it stands: connections stay open and nothing answers. */
  void pause();

  /** Lets a frozen server go on. */
  void resume();

  /** Ends the server at once, as by SIGKILL; its data stay. Does nothing when it is dead. */
  void kill();

  /**
   * Starts the server again with its address and its data, after killing it where it lives; returns
   * when it answers.
   */
  void restart();

  /** Ends the server and deletes its data; twice is fine. */
  @Override
  void close();
}
