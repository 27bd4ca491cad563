package dev.tailrace.source;

import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.VertxLoop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A source on an event loop of its own, and the least of a pool around it: what arrives is kept,
 * and the test decides what becomes of it. All calls are made in turns of the loop and waited for.
 */
public final class SourceHarness implements AutoCloseable {
  private static final long LIMIT_SECONDS = 60;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Loop loop = get(VertxLoop::new);
  private final List<Partition> assigned = new CopyOnWriteArrayList<>();
  private final List<Delivery> arrived = new CopyOnWriteArrayList<>();
  private final List<String> notes = new CopyOnWriteArrayList<>();
  private final Source source;

  private volatile int credit;
  private volatile Consumer<Delivery> onArrival = delivery -> {};
  private volatile BiFunction<List<Partition>, Duration, Future<Void>> onRevoke =
      (partitions, left) -> Future.succeededFuture();

  /**
   * The source that {@code maker} makes for this consumer; its credit is given by {@link #credit}.
   */
  public SourceHarness(String instance, Function<SourceEnvironment, Source> maker) {
    SourceEnvironment environment =
        new SourceEnvironment("contract", instance, 0, loop, new Notes());
    this.source = get(() -> maker.apply(environment));
  }

  /** Opens without waiting. */
  public CompletableFuture<Void> opening() {
    return start(() -> source.open(new Pool()));
  }

  /** Opens and waits until the source consumes. */
  public SourceHarness open() {
    join(opening());
    return this;
  }

  /** Gives this many messages of credit to every partition, now and as they are assigned. */
  public SourceHarness credit(int messages) {
    run(
        () -> {
          credit = messages;
          assigned.forEach(partition -> source.request(partition, messages, Long.MAX_VALUE));
        });
    return this;
  }

  /** What a revocation does before it lets go; completes at once where nothing is set. */
  public void onRevoke(BiFunction<List<Partition>, Duration, Future<Void>> action) {
    onRevoke = action;
  }

  /** Called in the loop with each delivery as it arrives. */
  public void onArrival(Consumer<Delivery> action) {
    onArrival = action;
  }

  /** Everything that arrived, in order. */
  public List<Delivery> arrived() {
    return List.copyOf(arrived);
  }

  /** The bodies of what arrived as text, in order. */
  public List<String> bodies() {
    return arrived.stream().map(delivery -> String.valueOf(delivery.message().body())).toList();
  }

  /** The partitions that are assigned now. */
  public List<Partition> assigned() {
    return List.copyOf(assigned);
  }

  /**
   * Alarms and changes of assignment, in order: {@code alarm:unreachable}, {@code lost:orders/1}.
   */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** Settles in one turn. */
  public void settle(List<Delivery> deliveries) {
    run(() -> deliveries.forEach(Delivery::settle));
  }

  /** Releases in one turn. */
  public void release(List<Delivery> deliveries) {
    run(() -> deliveries.forEach(Delivery::release));
  }

  /** Calls {@link Source#flush}. */
  public Source.Flush flush() {
    return await(source::flush);
  }

  /** Calls {@link Source#giveBack}. */
  public Source.Flush giveBack() {
    return await(source::giveBack);
  }

  /** Calls {@link Source#closeIntake}. */
  public void closeIntake() {
    await(source::closeIntake);
  }

  /** Calls {@link Source#close} only; the loop lives on. */
  public void closeSource() {
    await(source::close);
  }

  /** How the source stands. */
  public SourceStatus status() {
    return get(source::status);
  }

  /** The source itself; its methods are called in turns. */
  public Source source() {
    return source;
  }

  /** The loop of the source. */
  public Loop loop() {
    return loop;
  }

  /** Runs in a turn and waits for its end. */
  public void run(Runnable turn) {
    get(
        () -> {
          turn.run();
          return true;
        });
  }

  /** Calls in a turn and waits for the value. */
  public <T> T get(Supplier<T> supplier) {
    return await(() -> Future.succeededFuture(supplier.get()));
  }

  /** Calls in a turn and waits until its future has completed. */
  public <T> T await(Supplier<Future<T>> call) {
    return join(start(call));
  }

  private <T> CompletableFuture<T> start(Supplier<Future<T>> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    context.runOnContext(
        ignored -> {
          try {
            call.get().onComplete(result::complete, result::completeExceptionally);
          } catch (RuntimeException | Error failure) {
            result.completeExceptionally(failure);
          }
        });
    return result;
  }

  /** Waits for a result; what failed is thrown. */
  public static <T> T join(CompletableFuture<T> result) {
    try {
      return result.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new AssertionError(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("not completed within " + LIMIT_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Closes the source and its loop. */
  @Override
  public void close() {
    closeSource();
    join(vertx.close().toCompletionStage().toCompletableFuture());
  }

  private final class Pool extends QuietIntake {
    @Override
    public void assigned(List<Partition> partitions) {
      assigned.addAll(partitions);
      if (credit > 0) {
        partitions.forEach(partition -> source.request(partition, credit, Long.MAX_VALUE));
      }
    }

    @Override
    public void accept(List<Delivery> batch) {
      arrived.addAll(batch);
      batch.forEach(onArrival);
    }

    @Override
    public Future<Void> revoke(List<Partition> partitions, Duration deadline) {
      return onRevoke
          .apply(new ArrayList<>(partitions), deadline)
          .onComplete(ended -> assigned.removeAll(partitions));
    }

    @Override
    public void lost(List<Partition> partitions) {
      assigned.removeAll(partitions);
    }

    @Override
    public void lostDeliveries(List<Delivery> deliveries) {
      deliveries.forEach(delivery -> notes.add("taken:" + delivery.message()));
    }
  }

  private final class Notes implements PoolEvents {
    @Override
    public void assigned(String pipeline, String name, int epoch, String position) {
      notes.add("assigned:" + name + "@" + position);
    }

    @Override
    public void revoked(String pipeline, String name, int epoch, String commit) {
      notes.add("revoked:" + name);
    }

    @Override
    public void lost(String pipeline, String name, int epoch) {
      notes.add("lost:" + name);
    }

    @Override
    public void alarm(String pipeline, String name, Alarm kind, String detail) {
      notes.add("alarm:" + kind.label() + ":" + detail);
    }
  }
}
