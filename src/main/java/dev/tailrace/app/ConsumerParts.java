package dev.tailrace.app;

import dev.tailrace.app.DrainReport.FlushLine;
import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.ClaimConfig;
import dev.tailrace.idempotency.ClaimConfig.WhenUnavailable;
import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.lifecycle.Connection;
import dev.tailrace.lifecycle.Resource;
import dev.tailrace.lifecycle.TimeLimit;
import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.message.HandlerShape;
import dev.tailrace.observe.Alarm;
import dev.tailrace.processing.Crew;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.ResendingBatcher.Tally;
import dev.tailrace.runtime.Workers;
import dev.tailrace.sink.DeadLetters;
import dev.tailrace.sink.Sink;
import dev.tailrace.sink.SinkFactory;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the flights of one consumer need besides their messages: handler, idempotency store and dead
 * letters. Made on the consumer's loop, to which it belongs; connects nothing by itself.
 */
final class ConsumerParts {
  private final Seat seat;
  private final Loop loop;
  private final HandlerShape handler;
  private final HandlerEnvironment setting;
  private final @Nullable IdempotencyStore store;
  private final @Nullable ClaimClient claims;
  private final @Nullable Sink sink;
  private final @Nullable DeadLetters deadLetters;
  private boolean sinkOpen; // event loop only
  private Instant since; // event loop only; when the sink opened, or else when it was made

  ConsumerParts(Seat seat, Loop loop, HandlerEnvironment setting) {
    this.seat = seat;
    this.loop = loop;
    this.since = loop.wall();
    Pipeline pipeline = seat.pipeline();
    this.setting = setting;
    this.handler = pipeline.handler().create(setting);
    Idempotency idempotency = pipeline.idempotency();
    this.store = idempotency == null ? null : store(idempotency);
    this.claims = idempotency == null || store == null ? null : claims(idempotency, store);
    SinkFactory destination = pipeline.deadLetter();
    this.sink = destination == null ? null : destination.sink(loop);
    this.deadLetters = sink == null ? null : deadLetters(sink);
  }

  private DeadLetters deadLetters(Sink destination) {
    String pipeline = seat.pipeline().name();
    DeadLetters letters = new DeadLetters(loop, destination, pipeline, seat.identity().instance());
    letters.onResending(
        cause ->
            seat.events()
                .alarm(
                    pipeline,
                    "",
                    cause instanceof UnfitException ? Alarm.REFUSED : Alarm.UNREACHABLE,
                    destination.destination() + ": " + cause.getMessage()));
    return letters;
  }

  private IdempotencyStore store(Idempotency idempotency) {
    String namespace = seat.identity().name() + ":" + seat.pipeline().name();
    return idempotency.store().store(loop, namespace);
  }

  private ClaimClient claims(Idempotency idempotency, IdempotencyStore opened) {
    String owner = seat.identity().instance() + "#" + seat.identity().incarnation();
    ClaimClient client =
        new ClaimClient(
            loop,
            opened,
            ClaimConfig.of(
                owner, idempotency.lease(), idempotency.retention(), WhenUnavailable.PAUSE));
    opened.onMemory(since -> seat.events().remembers(seat.pipeline().name(), since));
    opened.onLoss(
        detail -> seat.events().alarm(seat.pipeline().name(), "", Alarm.STORE_LOSS, detail));
    client.onAvailability(
        available -> {
          if (!available) {
            String name = seat.pipeline().name();
            seat.events().alarm(name, "", Alarm.UNREACHABLE, "the idempotency store");
          }
        });
    return client;
  }

  /** All that a flight needs. */
  Crew crew() {
    Pipeline pipeline = seat.pipeline();
    Idempotency idempotency = pipeline.idempotency();
    return new Crew(
        pipeline.name(),
        loop,
        seat.events(),
        handler,
        new Workers("tailrace-" + seat.name(), seat.limits().concurrency()),
        Crew.Timing.of(pipeline.timeout()),
        pipeline.retry(),
        idempotency == null || claims == null
            ? null
            : new Crew.Claiming(idempotency.key(), claims, false),
        deadLetters);
  }

  /** The grade of effects, as promise P2 declares it. */
  String grade() {
    return store == null ? IdempotencyStore.Grade.A.name() : store.grade().name();
  }

  /** What the event log says of the store and of dead letters. */
  String inWords() {
    Idempotency idempotency = seat.pipeline().idempotency();
    return "store="
        + (store == null ? "none" : store.label())
        + (" lease=" + (idempotency == null ? 0 : idempotency.lease().toMillis()))
        + (" retention=" + (idempotency == null ? 0 : idempotency.retention().toMillis()))
        + (" grade=" + grade())
        + (" dlq=" + (deadLetters == null ? "none" : "yes"));
  }

  /** How the ways to the store and to the destination of dead letters stand. */
  List<Connection> connections() {
    List<Connection> connections = new ArrayList<>();
    if (store != null) {
      store.connection().ifPresent(connections::add);
    }
    if (sink != null) {
      String name = sink.destination();
      connections.add(
          sink.connection()
              .orElseGet(
                  () -> new Connection(name, sinkOpen, since, sinkOpen ? null : "no answer yet")));
    }
    return connections;
  }

  /** What starts before the source and is stopped after it; the handler may use the others. */
  List<Resource> resources() {
    List<Resource> resources = new ArrayList<>();
    if (store != null) {
      IdempotencyStore opened = store;
      resources.add(new Part("idempotency store", Set.of(), opened::open, this::closeStore));
    }
    if (sink != null) {
      Sink opened = sink;
      resources.add(
          new Part(
              "dead letters",
              Set.of(),
              () -> opened.open().onSuccess(ready -> sinkOpened()),
              opened::close));
    }
    Set<String> first = Set.copyOf(resources.stream().map(Resource::name).toList());
    resources.add(
        new Part(
            "handler",
            first,
            () -> handler.start(setting).mapEmpty(),
            () -> handler.stop().mapEmpty()));
    return resources;
  }

  private void sinkOpened() {
    sinkOpen = true;
    since = loop.wall();
  }

  private Future<Void> closeStore() {
    if (claims != null) {
      claims.close();
    }
    return store == null ? Future.succeededFuture() : store.close();
  }

  /**
   * Joins marks and dead letters under way; what has no answer after {@code budget} is not sent
   * again. Never fails.
   */
  Future<List<FlushLine>> flush(Duration budget) {
    Promise<List<FlushLine>> flushed = Promise.promise();
    TimeLimit.await(
        loop,
        this::join,
        budget,
        new TimeLimit.Ends<>(flushed::handle, this::stopResending, flushed::handle));
    return flushed.future();
  }

  private Future<List<FlushLine>> join() {
    List<Future<FlushLine>> lines = new ArrayList<>();
    if (deadLetters != null) {
      lines.add(deadLetters.flush().map(tally -> line("dead letters", tally)));
    }
    if (claims != null) {
      lines.add(claims.flush().map(tally -> line("marks and claims", tally)));
    }
    return Future.join(lines).map(joined -> lines.stream().map(Future::result).toList());
  }

  private void stopResending() {
    if (deadLetters != null) {
      deadLetters.stopResending();
    }
    if (claims != null) {
      claims.stopResending();
    }
  }

  private FlushLine line(String what, Tally tally) {
    return new FlushLine(
        seat.name() + " " + what, tally.flushed(), tally.pending(), tally.unknown());
  }

  /** A part as a resource. */
  private record Part(
      String name,
      Set<String> dependsOn,
      Supplier<Future<Void>> opening,
      Supplier<Future<Void>> closing)
      implements Resource {
    @Override
    public Future<Void> start() {
      return opening.get();
    }

    @Override
    public Future<Void> stop(Duration deadline) {
      return closing.get();
    }
  }
}
