package dev.tailrace.app;

import dev.tailrace.message.DrainPhase;
import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.message.HandlerFactory;
import dev.tailrace.message.HandlerShape;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.message.ResourceUse;
import dev.tailrace.message.SharedResource;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Handlers that share what their configuration names; a configuration can only name a class. In
 * {@code handler.java.config}: {@code scene}, and {@code resources}, each with the one before it as
 * what it depends on where its name has an arrow: {@code [pool, cache->pool]}.
 */
public final class SharingHandlers implements HandlerFactory {
  private static final Map<String, Scene> SCENES = new ConcurrentHashMap<>();

  /** What happens, and what goes wrong; thread-safe. */
  static final class Scene {
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    final Map<String, Future<Void>> opening = new ConcurrentHashMap<>();
    final Map<String, Future<Void>> closing = new ConcurrentHashMap<>();
    final Map<DrainPhase, Future<Void>> hooks = new ConcurrentHashMap<>();
    final List<Connected> connected = new CopyOnWriteArrayList<>();
    volatile Duration budget = Duration.ofSeconds(5);

    List<String> calls() {
      synchronized (calls) {
        return List.copyOf(calls);
      }
    }

    JsonObject config(String... resources) {
      String name = "scene-" + System.identityHashCode(this);
      SCENES.put(name, this);
      return new JsonObject().put("scene", name).put("resources", List.of(resources));
    }
  }

  /** A resource that knows on which context it was opened. */
  static final class Connected {
    final String name;
    final Object context = Vertx.currentContext();
    volatile boolean closed;

    Connected(String name) {
      this.name = name;
    }
  }

  @Override
  public HandlerShape create(HandlerEnvironment environment) {
    Scene scene = SCENES.get(environment.config().getString("scene"));
    if (scene == null) {
      throw new IllegalArgumentException("no such scene");
    }
    List<ResourceUse<Connected>> uses = new ArrayList<>();
    for (Object declared : environment.config().getJsonArray("resources")) {
      String[] parts = declared.toString().split("->", -1);
      SharedResource<Connected> resource =
          SharedResource.of(
                  parts[0],
                  Connected.class,
                  () -> open(scene, parts[0]),
                  connected -> close(scene, connected))
              .within(scene.budget);
      uses.add(environment.resource(parts.length == 1 ? resource : resource.after(parts[1])));
    }
    scene.hooks.forEach(
        (phase, end) ->
            environment.onStop(
                phase,
                "flush cache",
                Duration.ofMillis(50),
                () -> {
                  scene.calls.add("hook " + phase);
                  return end;
                }));
    return new Sharing(environment.pipeline(), scene, uses);
  }

  private static Future<Connected> open(Scene scene, String name) {
    scene.calls.add("open " + name);
    Connected connected = new Connected(name);
    scene.connected.add(connected);
    return scene.opening.getOrDefault(name, Future.succeededFuture()).map(connected);
  }

  private static Future<Void> close(Scene scene, Connected connected) {
    scene.calls.add("close " + connected.name);
    connected.closed = true;
    return scene.closing.getOrDefault(connected.name, Future.succeededFuture());
  }

  /** Fails where what it uses is not open. */
  private record Sharing(String pipeline, Scene scene, List<ResourceUse<Connected>> uses)
      implements MessageHandler {
    @Override
    public Future<?> start(HandlerEnvironment environment) {
      uses.forEach(ResourceUse::get);
      scene.calls.add("start " + pipeline);
      return Future.succeededFuture();
    }

    @Override
    public Future<Outcome> handle(Message message, MessageContext context) {
      boolean open = uses.stream().map(ResourceUse::get).noneMatch(one -> one.closed);
      return Future.succeededFuture(open ? Outcome.done() : Outcome.discard("closed"));
    }

    @Override
    public Future<?> stop() {
      scene.calls.add("stop " + pipeline);
      // what it uses must outlast this
      Promise<Void> later = Promise.promise();
      Vertx.currentContext()
          .runOnContext(
              turn -> {
                scene.calls.add("stopped " + pipeline);
                later.complete();
              });
      return later.future();
    }
  }
}
