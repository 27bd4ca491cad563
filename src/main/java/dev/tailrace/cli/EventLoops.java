package dev.tailrace.cli;

import io.vertx.core.VertxOptions;

/**
 * The event loops of a pool: on the operating system's own calls where there are such, since those
 * wait for a timer as long as it takes. Java's selector counts in milliseconds, so that Netty asks
 * it again and again for up to half of one before a timer is due.
 *
 * <p>Linux has them; elsewhere, and where {@code -Dio.netty.transport.noNative=true} is said,
 * Vert.x takes Java's selector.
 */
final class EventLoops {
  private EventLoops() {}

  static VertxOptions options() {
    return new VertxOptions().setPreferNativeTransport(true);
  }
}
