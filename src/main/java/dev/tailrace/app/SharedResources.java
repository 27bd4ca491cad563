package dev.tailrace.app;

import dev.tailrace.lifecycle.TimeLimit;
import dev.tailrace.message.SharedResource;
import dev.tailrace.runtime.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the handlers of a pool share. Each is opened for its first user and closed when the last has
 * gone; one that needs others is a user of theirs, so they close in the reverse order of their
 * opening, independent ones side by side. All of it happens on one loop, which lives longer than
 * any user; may be asked on any thread.
 */
final class SharedResources {
  private static final Logger LOG = LoggerFactory.getLogger(SharedResources.class);

  private final Home home;
  private final Map<Key, Opened<?>> open = new LinkedHashMap<>(); // home loop only
  private final Map<Key, Future<Void>> closing = new LinkedHashMap<>(); // home loop only

  /** The loop on which they are opened and closed. */
  interface Home {
    /** Runs an order in a turn of that loop. */
    <T> Future<T> turn(Function<Loop, Future<T>> order);
  }

  /** Two types of one name are two resources: classes of two loaders may well have one name. */
  private record Key(String name, Class<?> type) {}

  /**
   * A declaration, with those that it needs.
   *
   * @param resource what was declared
   * @param loader that of the declaring code, the thread's own while its steps are called
   * @param needs each declared before
   */
  record Declared<T>(SharedResource<T> resource, ClassLoader loader, List<Declared<?>> needs) {
    private Key key() {
      return new Key(resource.name(), resource.type());
    }

    Set<String> needed() {
      return resource.dependsOn();
    }

    private int depth() {
      return 1 + needs.stream().mapToInt(Declared::depth).max().orElse(0);
    }
  }

  /** One that is there, or about to be. */
  private static final class Opened<T> {
    final Declared<T> declared;
    final List<Opened<?>> needs = new ArrayList<>(); // filled once
    final Promise<T> value = Promise.promise();
    int users; // home loop only

    Opened(Declared<T> declared) {
      this.declared = declared;
    }
  }

  /** Opened and closed where the home says. */
  SharedResources(Home home) {
    this.home = home;
  }

  /** For one consumer alone. */
  static SharedResources on(Loop loop) {
    return new SharedResources(
        new Home() {
          @Override
          public <T> Future<T> turn(Function<Loop, Future<T>> order) {
            return Future.future(
                answer -> loop.execute(() -> order.apply(loop).onComplete(answer)));
          }
        });
  }

  /**
   * A use of one resource by one handler.
   *
   * @param <T> what is shared
   */
  final class Use<T> {
    private final Declared<T> declared;
    private final Promise<T> opened = Promise.promise();
    private boolean released; // home loop only
    private List<Opened<?>> held = List.of(); // home loop only; at most one

    private Use(Declared<T> declared) {
      this.declared = declared;
    }

    /** Completes with it, on any thread. */
    Future<T> opened() {
      return opened.future();
    }

    /**
     * Gives it back; the last user has it closed. Called again, or before it was opened, it is
     * fine.
     *
     * @param left how long closing may take, with what it needs
     * @return completes on any thread, with a line for each that did not close in order; never
     *     fails
     */
    Future<List<String>> release(Duration left) {
      return home.<List<String>>turn(
              loop -> {
                long end = loop.nanos() + left.toNanos();
                List<Opened<?>> mine = held;
                held = List.of();
                released = true;
                return releaseAll(loop, mine, end);
              })
          .otherwise(gone -> List.of(declared.resource().name() + " was not closed: " + gone));
    }

    private Future<Void> take(Loop loop) {
      if (released) {
        return Future.failedFuture(name() + " was given back before it was opened");
      }
      String problem = mismatch(declared);
      if (problem != null) {
        return Future.failedFuture(new IllegalArgumentException(problem));
      }
      Opened<T> mine = acquire(loop, declared);
      held = List.of(mine);
      mine.value.future().onComplete(opened);
      return Future.succeededFuture();
    }

    private String name() {
      return declared.resource().name();
    }
  }

  /** Has it opened, where it is not open. */
  <T> Use<T> use(Declared<T> declared) {
    Use<T> use = new Use<>(declared);
    home.turn(use::take).onFailure(use.opened::tryFail);
    return use;
  }

  /** What is open was opened by another declaration, whose needs decide when it closes. */
  private @Nullable String mismatch(Declared<?> declared) {
    Opened<?> there = open.get(declared.key());
    if (there != null && !there.declared.needed().equals(declared.needed())) {
      return "resource %s depends on %s here, and on %s where it was opened"
          .formatted(declared.resource().name(), declared.needed(), there.declared.needed());
    }
    return declared.needs().stream()
        .map(this::mismatch)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  @SuppressWarnings("unchecked") // the key holds the type
  private <T> Opened<T> acquire(Loop loop, Declared<T> declared) {
    Opened<T> there = (Opened<T>) open.get(declared.key());
    if (there == null) {
      there = open(loop, declared);
    }
    there.users++;
    return there;
  }

  private <T> Opened<T> open(Loop loop, Declared<T> declared) {
    Opened<T> opened = new Opened<>(declared);
    List<Future<?>> before = new ArrayList<>();
    for (Declared<?> need : declared.needs()) {
      Opened<?> needed = acquire(loop, need);
      opened.needs.add(needed);
      before.add(needed.value.future());
    }
    Key key = declared.key();
    open.put(key, opened);
    Future<Void> earlier = closing.getOrDefault(key, Future.succeededFuture());
    earlier
        .compose(gone -> Future.join(before))
        .compose(ready -> begin(declared))
        .onComplete(
            result ->
                loop.execute(
                    () -> {
                      if (result.failed()) {
                        open.remove(key, opened); // whoever comes next tries again
                      }
                      opened.value.handle(result);
                    }));
    return opened;
  }

  private static <T> Future<T> begin(Declared<T> declared) {
    SharedResource<T> resource = declared.resource();
    return called(declared.loader(), () -> resource.opening().get())
        .compose(
            value ->
                resource.type().isInstance(value)
                    ? Future.succeededFuture(value)
                    : Future.failedFuture(new IllegalStateException("it opened as " + value)))
        .recover(
            failure ->
                Future.failedFuture(
                    new IllegalStateException(
                        "resource "
                            + resource.name()
                            + " could not be opened: "
                            + failure.getMessage(),
                        failure)));
  }

  private Future<List<String>> releaseAll(Loop loop, List<Opened<?>> some, long end) {
    List<Future<List<String>>> ends = new ArrayList<>();
    for (Opened<?> one : some) {
      ends.add(release(loop, one, end));
    }
    return Future.join(ends)
        .map(all -> ends.stream().flatMap(complaints -> complaints.result().stream()).toList());
  }

  /** What it needs goes after it, whether it has closed or not. */
  private <T> Future<List<String>> release(Loop loop, Opened<T> one, long end) {
    one.users--;
    if (one.users > 0) {
      return Future.succeededFuture(List.of());
    }
    Key key = one.declared.key();
    open.remove(key, one);
    Promise<Void> gone = Promise.promise();
    closing.put(key, gone.future());
    return closed(loop, one, end)
        .compose(
            complaints -> {
              closing.remove(key, gone.future());
              gone.complete();
              return releaseAll(loop, one.needs, end)
                  .map(
                      others -> {
                        List<String> all = new ArrayList<>(complaints);
                        all.addAll(others);
                        return all;
                      });
            });
  }

  /** Each has an equal part of the time left for itself and for those that it needs. */
  private static <T> Future<List<String>> closed(Loop loop, Opened<T> one, long end) {
    SharedResource<T> resource = one.declared.resource();
    Duration left = Duration.ofNanos(Math.max(0, end - loop.nanos()));
    Duration part = left.dividedBy(one.declared.depth());
    Duration share = part.compareTo(resource.budget()) < 0 ? part : resource.budget();
    Promise<List<String>> closed = Promise.promise();
    TimeLimit.await(
        loop,
        () -> one.value.future().transform(value -> close(one.declared, value.result())),
        share,
        new TimeLimit.Ends<>(
            result ->
                closed.complete(
                    result.succeeded()
                        ? List.of()
                        : List.of(resource.name() + " failed to close: " + result.cause())),
            () ->
                closed.complete(
                    List.of(
                        resource.name()
                            + (one.value.future().isComplete()
                                ? " did not close in time"
                                : " did not open in time"))),
            late -> {
              if (late.failed()) {
                LOG.warn(
                    "{} failed to close, after its time had passed", resource.name(), late.cause());
              }
            }));
    return closed.future();
  }

  /** Nothing where it could not be opened. */
  private static <T> Future<Void> close(Declared<T> declared, @Nullable T value) {
    if (value == null) {
      return Future.succeededFuture();
    }
    return called(
        declared.loader(), () -> declared.resource().closing().apply(value).<Void>mapEmpty());
  }

  private static <T> Future<T> called(
      ClassLoader loader, PluginScope.Step<? extends Future<T>, RuntimeException> step) {
    try {
      return PluginScope.as(loader, step);
    } catch (RuntimeException | LinkageError failure) {
      return Future.failedFuture(failure);
    }
  }
}
