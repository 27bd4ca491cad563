package dev.tailrace.message;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/** What a handler may use while it starts: the Vert.x instance and its own configuration. */
public interface HandlerEnvironment {
  /** The Vert.x instance of the consumer; clients made here belong to its event loop. */
  Vertx vertx();

  /** The name of the pipeline. */
  String pipeline();

  /** The section {@code handler.java.config}, empty where there is none. */
  JsonObject config();
}
