package dev.tailrace.bench.clients;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;

/** Vert.x for all that are measured on it, with the native transport that its guide names. */
final class EventLoops {
  private EventLoops() {}

  static Vertx vertx() {
    return Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  }
}
