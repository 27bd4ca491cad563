package dev.tailrace.local;

/** A single Redis that keeps what it acknowledged over a kill. */
public interface RedisServer extends TestServer {
  /** Where clients connect, as {@code redis://host:port}. */
  String url();
}
