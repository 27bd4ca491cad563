package dev.tailrace.app;

import dev.tailrace.lifecycle.Connection;
import dev.tailrace.lifecycle.Phase;
import dev.tailrace.lifecycle.PhaseHook;
import dev.tailrace.lifecycle.PhaseHooks;
import dev.tailrace.lifecycle.Resource;
import dev.tailrace.message.DrainPhase;
import dev.tailrace.message.ResourceUse;
import dev.tailrace.message.SharedResource;
import dev.tailrace.runtime.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one handler declares while it is made and started: shared resources, and what it has done in
 * the phases of a drain. As a resource it starts before the handler and stops after it. Belongs to
 * the consumer's loop, save {@link #hooks(Phase)}.
 */
final class HandlerResources implements Resource {
  static final String NAME = "shared resources";

  /** The most resources, and the most hooks, of one handler. */
  private static final int MOST = 64;

  private final String consumer;
  private final Loop loop;
  private final SharedResources shared;
  private final Map<String, Declaration<?>> declared = new LinkedHashMap<>(); // event loop only
  private final List<String> complaints = new ArrayList<>(); // event loop only, two per resource
  private volatile List<PhaseHook> hooks = List.of(); // written on the event loop
  private boolean opening; // event loop only
  private boolean sealed; // event loop only

  /**
   * Nothing is declared yet.
   *
   * @param consumer its name, for people
   */
  HandlerResources(String consumer, Loop loop, SharedResources shared) {
    this.consumer = consumer;
    this.loop = loop;
    this.shared = shared;
  }

  /** One that the handler uses. */
  private final class Declaration<T> implements ResourceUse<T> {
    private final SharedResources.Declared<T> what;
    private final Promise<T> opened = Promise.promise();
    private SharedResources.@Nullable Use<T> use; // event loop only
    private Instant since = loop.wall(); // event loop only

    Declaration(SharedResources.Declared<T> what) {
      this.what = what;
    }

    @Override
    public T get() {
      if (!opened.future().succeeded()) {
        throw new IllegalStateException("resource " + what.resource().name() + " is not open");
      }
      return opened.future().result();
    }

    @Override
    public Future<T> opened() {
      return opened.future();
    }

    private void open() {
      if (use == null) {
        SharedResources.Use<T> mine = shared.use(what);
        use = mine;
        mine.opened()
            .onComplete(
                result ->
                    loop.execute(
                        () -> {
                          since = loop.wall();
                          opened.handle(result);
                        }));
      }
    }

    private Future<List<String>> release(Duration left) {
      return use == null ? Future.succeededFuture(List.of()) : use.release(left);
    }

    private Connection connection() {
      Future<T> open = opened.future();
      return new Connection(
          "resource " + what.resource().name(),
          open.succeeded(),
          since,
          open.succeeded() ? null : open.failed() ? open.cause().getMessage() : "not open yet");
    }
  }

  <T> ResourceUse<T> use(SharedResource<T> resource) {
    check(declared.size());
    String name = resource.name();
    if (declared.containsKey(name)) {
      throw new IllegalArgumentException("resource " + name + " is declared twice");
    }
    List<SharedResources.Declared<?>> needs = new ArrayList<>();
    for (String needed : resource.dependsOn().stream().sorted().toList()) {
      Declaration<?> earlier = declared.get(needed);
      if (earlier == null) {
        throw new IllegalArgumentException(
            "resource %s depends on %s, which is not declared before it".formatted(name, needed));
      }
      needs.add(earlier.what);
    }
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    Declaration<T> declaration =
        new Declaration<>(new SharedResources.Declared<>(resource, loader, List.copyOf(needs)));
    declared.put(name, declaration);
    if (opening) {
      declaration.open();
    }
    return declaration;
  }

  void onStop(DrainPhase phase, String name, Duration budget, Supplier<Future<?>> work) {
    check(hooks.size());
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    List<PhaseHook> more = new ArrayList<>(hooks);
    more.add(
        new PhaseHook(
            Phase.valueOf(phase.name()),
            consumer + ": " + name,
            budget,
            () -> PluginScope.<Future<?>, RuntimeException>as(loader, work::get)));
    hooks = List.copyOf(more);
  }

  private void check(int already) {
    if (!loop.inLoop() || sealed) {
      throw new IllegalStateException(
          "a handler declares what it uses while it is made or started, on its event loop");
    }
    if (already == MOST) {
      throw new IllegalStateException("a handler has at most " + MOST + " of these");
    }
  }

  /** Those of a phase; safe on any thread. */
  List<PhaseHook> hooks(Phase phase) {
    return hooks.stream().filter(hook -> hook.phase() == phase).toList();
  }

  /** Completes with a line for each that did not end in order; never fails. */
  Future<List<String>> run(Phase phase, Duration left) {
    return new PhaseHooks(hooks).run(loop, phase, left);
  }

  @Override
  public String name() {
    return NAME;
  }

  /** Completes when all is open that was declared so far. */
  @Override
  public Future<Void> start() {
    opening = true;
    declared.values().forEach(Declaration::open);
    return allOpen();
  }

  /** The handler has started: completes when all is open, and nothing is declared any more. */
  Future<Void> seal() {
    sealed = true;
    return allOpen();
  }

  private Future<Void> allOpen() {
    return Future.all(declared.values().stream().map(Declaration::opened).toList()).mapEmpty();
  }

  /** Each resource has a budget of its own. */
  @Override
  public Duration budget() {
    return Duration.ofDays(1);
  }

  /** Gives all back; a tenth of the time is kept for hearing of those that did not close. */
  @Override
  public Future<Void> stop(Duration deadline) {
    sealed = true;
    Duration left = deadline.multipliedBy(9).dividedBy(10);
    List<Future<List<String>>> ends =
        declared.values().stream().map(one -> one.release(left)).toList();
    return Future.join(ends)
        .compose(
            all ->
                Future.future(
                    stopped ->
                        loop.execute(
                            () -> {
                              ends.forEach(end -> complaints.addAll(end.result()));
                              stopped.complete();
                            })));
  }

  /** A line for each that did not close in order, as far as is known. */
  List<String> complaints() {
    return complaints.stream().map(line -> consumer + ": " + line).toList();
  }

  /** How each stands. */
  List<Connection> connections() {
    List<Connection> connections = new ArrayList<>();
    declared.values().forEach(one -> connections.add(one.connection()));
    return connections;
  }
}
