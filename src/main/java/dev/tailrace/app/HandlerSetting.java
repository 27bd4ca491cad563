package dev.tailrace.app;

import dev.tailrace.message.HandlerEnvironment;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/** What a handler may use while it starts. */
record HandlerSetting(Vertx vertx, String pipeline, JsonObject config)
    implements HandlerEnvironment {}
