package dev.tailrace.app;

import dev.tailrace.app.DrainReport.FlushLine;
import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.ClaimConfig;
import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.idempotency.StoreMemory;
import dev.tailrace.lifecycle.Connection;
import dev.tailrace.lifecycle.Resource;
import dev.tailrace.lifecycle.TimeLimit;
import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.message.HandlerShape;
import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.PoolEvents;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the flights of one consumer need besides their messages: handler, idempotency store, dead
 * letters and tiers of retries. Made on the consumer's loop, to which it belongs; connects nothing
 * by itself.
 */
final class ConsumerParts {
  private final Seat seat;
  private final Loop loop;
  private final HandlerShape handler;
  private final HandlerEnvironment setting;
  private final HandlerResources declared;
  private final @Nullable IdempotencyStore store;
  private final @Nullable ClaimClient claims;
  private final List<SinkPart> sinks = new ArrayList<>(); // filled once
  private final @Nullable DeadLetters deadLetters;
  private final @Nullable TierParts tiers;

  ConsumerParts(Seat seat, Loop loop, HandlerEnvironment setting, HandlerResources declared) {
    this.seat = seat;
    this.loop = loop;
    Pipeline pipeline = seat.pipeline();
    this.setting = setting;
    this.declared = declared;
    this.handler = pipeline.handler().create(setting);
    Idempotency idempotency = pipeline.idempotency();
    this.store = idempotency == null ? null : store(idempotency);
    this.claims = idempotency == null || store == null ? null : claims(idempotency, store);
    SinkFactory destination = pipeline.deadLetter();
    this.deadLetters = destination == null ? null : deadLetters(destination.sink(loop));
    this.tiers = TierParts.of(seat, loop).orElse(null);
    if (tiers != null) {
      sinks.addAll(tiers.sinks());
    }
  }

  private DeadLetters deadLetters(Sink destination) {
    sinks.add(new SinkPart(loop, "dead letters", destination));
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
                owner,
                idempotency.lease(),
                idempotency.retention(),
                idempotency.whenUnavailable()));
    opened.onMemory(new Losses(seat.events(), seat.pipeline().name()));
    client.onAvailability(
        available -> {
          if (!available) {
            String name = seat.pipeline().name();
            String meanwhile =
                idempotency.processesUnclaimed()
                    ? "messages run without a claim, in grade A"
                    : "messages wait for it";
            seat.events().alarm(name, "", Alarm.UNREACHABLE, "the idempotency store: " + meanwhile);
          }
        });
    return client;
  }

  /** All that a flight needs. */
  Crew crew() {
    Pipeline pipeline = seat.pipeline();
    Idempotency idempotency = pipeline.idempotency();
    Crew untiered =
        new Crew(
            pipeline.name(),
            loop,
            seat.events(),
            handler,
            new Workers("tailrace-" + seat.name(), seat.limits().concurrency()),
            Crew.Timing.of(pipeline.timeout()),
            pipeline.retry(),
            idempotency == null || claims == null
                ? null
                : new Crew.Claiming(idempotency.key(), claims, idempotency.processesUnclaimed()),
            deadLetters);
    Crew crew = untiered.with(pipeline.batches());
    return tiers == null ? crew : crew.with(tiers.moving());
  }

  /** The grade of effects, as promise P2 declares it. */
  String grade() {
    return store == null ? IdempotencyStore.Grade.A.name() : store.grade().name();
  }

  /** The grade that holds now: messages that run without a claim are of grade A. */
  String gradeNow() {
    return isStoreAway() && isOpenToFailure() ? IdempotencyStore.Grade.A.name() : grade();
  }

  /** Why nothing starts, where that is the store's fault. */
  Optional<String> pausedBy() {
    return isStoreAway() && !isOpenToFailure()
        ? Optional.of("idempotency store: does not answer")
        : Optional.empty();
  }

  private boolean isStoreAway() {
    return claims != null && !claims.available();
  }

  private boolean isOpenToFailure() {
    Idempotency idempotency = seat.pipeline().idempotency();
    return idempotency != null && idempotency.processesUnclaimed();
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

  /** How the ways to the store, to the destination of dead letters and to retry tiers stand. */
  List<Connection> connections() {
    List<Connection> connections = new ArrayList<>();
    if (store != null) {
      store.connection().ifPresent(connections::add);
    }
    sinks.forEach(sink -> connections.add(sink.connection()));
    connections.addAll(declared.connections());
    return connections;
  }

  /** What starts before the source and is stopped after it; the handler may use the others. */
  List<Resource> resources() {
    List<Resource> resources = new ArrayList<>();
    if (store != null) {
      IdempotencyStore opened = store;
      resources.add(
          new ConsumerPart("idempotency store", Set.of(), opened::open, this::closeStore));
    }
    sinks.forEach(sink -> resources.add(sink.resource()));
    resources.add(declared);
    Set<String> first = Set.copyOf(resources.stream().map(Resource::name).toList());
    resources.add(
        new ConsumerPart("handler", first, this::startHandler, () -> handler.stop().mapEmpty()));
    return resources;
  }

  private Future<Void> startHandler() {
    Future<?> started = handler.start(setting);
    if (started.isComplete()) {
      return started.compose(ready -> declared.seal());
    }
    Promise<Void> sealed = Promise.promise();
    started.onComplete(
        result -> loop.execute(() -> started.compose(ready -> declared.seal()).onComplete(sealed)));
    return sealed.future();
  }

  private Future<Void> closeStore() {
    if (claims != null) {
      claims.close();
    }
    return store == null ? Future.succeededFuture() : store.close();
  }

  /**
   * Joins marks, dead letters and moves under way; what has no answer after {@code budget} is not
   * sent again. Never fails.
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
    if (tiers != null) {
      lines.add(tiers.flush().map(tally -> line("moves to retry tiers", tally)));
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
    if (tiers != null) {
      tiers.stopResending();
    }
    if (claims != null) {
      claims.stopResending();
    }
  }

  private FlushLine line(String what, Tally tally) {
    return new FlushLine(
        seat.name() + " " + what, tally.flushed(), tally.pending(), tally.unknown());
  }

  /** What a store has lost goes to the events. */
  private record Losses(PoolEvents events, String pipeline) implements StoreMemory {
    @Override
    public void remembers(long since) {
      events.remembers(pipeline, since);
    }

    @Override
    public void forgot(long from, long to) {
      events.forgot(pipeline, from, to);
    }

    @Override
    public void lost(String inWords) {
      events.alarm(pipeline, "", Alarm.STORE_LOSS, inWords);
    }
  }
}
