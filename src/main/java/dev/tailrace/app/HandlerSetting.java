package dev.tailrace.app;

import dev.tailrace.message.DrainPhase;
import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.message.ResourceUse;
import dev.tailrace.message.SharedResource;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.function.Supplier;

/** What a handler may use while it starts. */
record HandlerSetting(Vertx vertx, String pipeline, JsonObject config, HandlerResources resources)
    implements HandlerEnvironment {
  @Override
  public <T> ResourceUse<T> resource(SharedResource<T> resource) {
    return resources.use(resource);
  }

  @Override
  public void onStop(DrainPhase phase, String name, Duration budget, Supplier<Future<?>> work) {
    resources.onStop(phase, name, budget, work);
  }
}
