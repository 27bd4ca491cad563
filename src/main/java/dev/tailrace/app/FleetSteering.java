package dev.tailrace.app;

import dev.tailrace.lifecycle.FleetOrders.Answer;
import dev.tailrace.lifecycle.FleetRegistry;
import dev.tailrace.lifecycle.State;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives orders to a fleet from outside of it, and sees what becomes of them. Whoever ends processes
 * leads meanwhile, so that no two do it at once; signals wait for nobody. Belongs to its loop; used
 * once.
 */
final class FleetSteering {
  /** An order that was not taken within this time is good for nothing. */
  static final Duration GOOD = Duration.ofSeconds(30);

  /** The time between two looks at the registry. */
  static final Duration LOOK = Duration.ofMillis(500);

  private final Loop loop;
  private final FleetRegistry registry;
  private final Duration patience;
  private final String by;
  private @Nullable String lost; // event loop only: why we lead no more

  /**
   * For one command.
   *
   * @param patience how long to wait for each thing that has to come about
   * @param by who gives the orders, for people
   */
  FleetSteering(Loop loop, FleetRegistry registry, Duration patience, String by) {
    this.loop = loop;
    this.registry = registry;
    this.patience = patience;
    this.by = by;
  }

  Loop loop() {
    return loop;
  }

  /** Who is there, by instance; fails where the registry does not answer. */
  Future<List<FleetMember>> members() {
    return registry
        .members()
        .compose(
            reply ->
                reply instanceof Reply.Ok<List<String>> ok
                    ? Future.succeededFuture(sorted(ok.value()))
                    : Future.failedFuture(ConfiguredFleet.silent(reply.cause())));
  }

  static List<FleetMember> sorted(List<String> said) {
    return said.stream()
        .flatMap(one -> FleetMember.read(one).stream())
        .sorted(Comparator.comparing(FleetMember::instance))
        .toList();
  }

  /** Leads while {@code work} goes on; fails where another one does. */
  <T> Future<T> leading(Supplier<Future<T>> work) {
    return registry
        .orders()
        .lead(why -> lost = why)
        .compose(
            reply -> {
              if (!(reply instanceof Reply.Ok<String> ok)) {
                return Future.failedFuture(ConfiguredFleet.silent(reply.cause()));
              }
              return ok.value().isEmpty()
                  ? work.get()
                  : Future.failedFuture(
                      new IllegalStateException("the fleet is led by " + ok.value() + " now"));
            })
        .eventually(() -> registry.orders().resign());
  }

  /** Gives one order to each, all at once, and waits for what comes of it. */
  Future<List<FleetAnswer>> order(FleetOrder.Verb verb, List<FleetMember> members) {
    List<Future<FleetAnswer>> answers = new ArrayList<>();
    for (FleetMember member : members) {
      answers.add(
          give(verb, member)
              .compose(given -> verb == FleetOrder.Verb.DRAIN ? end(member) : seen(verb, member))
              .otherwise(
                  failure -> FleetAnswer.failed(member, String.valueOf(failure.getMessage()))));
    }
    return Future.join(answers).map(all -> answers.stream().map(Future::result).toList());
  }

  /** Gives an order; whether it arrived may be unknown, and will be seen. */
  Future<Void> give(FleetOrder.Verb verb, FleetMember member) {
    if (!member.obeys(verb)) {
      return refused("it takes no such order" + (member.orders().isEmpty() ? "s" : ""));
    }
    String order = FleetOrder.of(verb, member.incarnation(), by).toJson().encode();
    boolean leading = verb == FleetOrder.Verb.DRAIN || verb == FleetOrder.Verb.REPLACE;
    return registry
        .orders()
        .give(member.incarnation(), order, GOOD, leading)
        .compose(
            reply -> {
              if (reply instanceof Reply.Ok<Answer> ok) {
                return switch (ok.value()) {
                  case GIVEN -> Future.succeededFuture();
                  case GONE -> refused("it is not there any more");
                  case LED -> refused("another leads the fleet by now: " + lost);
                };
              }
              return reply.isUnknown()
                  ? Future.succeededFuture()
                  : refused(String.valueOf(reply.cause()));
            });
  }

  private static <T> Future<T> refused(String why) {
    return Future.failedFuture(new IllegalStateException(why));
  }

  private Future<FleetAnswer> seen(FleetOrder.Verb verb, FleetMember member) {
    State wanted = verb == FleetOrder.Verb.PAUSE ? State.PAUSED : State.RUNNING;
    return until(
        "is not " + wanted.label(),
        now ->
            now.stream()
                .filter(one -> one.incarnation().equals(member.incarnation()))
                .filter(one -> one.is(wanted))
                .findFirst()
                .map(one -> FleetAnswer.done(member, wanted.label())));
  }

  /** Waits until it has ended; fails where it did so badly, or without a word. */
  Future<FleetAnswer> end(FleetMember member) {
    return until(
            "has not drained",
            now ->
                now.stream().anyMatch(one -> one.incarnation().equals(member.incarnation()))
                    ? Optional.empty()
                    : Optional.of(member))
        .compose(gone -> words(member))
        .compose(
            words -> {
              String result = words.getString("result", "");
              if (result.isEmpty()) {
                return refused("it ended without a report");
              }
              String detail = result + ", exit code " + words.getInteger("exitCode", -1);
              return result.equals("clean")
                  ? Future.succeededFuture(FleetAnswer.done(member, detail))
                  : refused("its drain was " + detail);
            });
  }

  private Future<JsonObject> words(FleetMember member) {
    return registry
        .lastWords(member.incarnation())
        .compose(
            reply -> {
              if (reply instanceof Reply.Ok<String> ok) {
                return Future.succeededFuture(read(ok.value()));
              }
              return Future.failedFuture(ConfiguredFleet.silent(reply.cause()));
            });
  }

  private static JsonObject read(String words) {
    try {
      return words.isEmpty() ? new JsonObject() : new JsonObject(words);
    } catch (DecodeException other) {
      return new JsonObject();
    }
  }

  /** What is looked for among those that are there. */
  interface Look<T> {
    /** Empty where it is not there yet. */
    Optional<T> at(List<FleetMember> members);
  }

  /** Looks again and again; fails when the patience, or the lead, is over. */
  <T> Future<T> until(String otherwise, Look<T> look) {
    Promise<T> found = Promise.promise();
    look(loop.nanos() + patience.toNanos(), otherwise, look, found);
    return found.future();
  }

  private <T> void look(long until, String otherwise, Look<T> look, Promise<T> found) {
    members()
        .onComplete(
            members -> {
              Optional<T> there =
                  members.succeeded() ? look.at(members.result()) : Optional.empty();
              if (lost != null) {
                found.fail(new IllegalStateException("the lead of the fleet was lost: " + lost));
              } else if (there.isPresent()) {
                found.complete(there.get());
              } else if (until - loop.nanos() <= 0) {
                String since = " after " + patience.toSeconds() + " s";
                String unseen = members.failed() ? "; " + members.cause().getMessage() : "";
                found.fail(
                    new IllegalStateException("it " + otherwise + since + unseen, members.cause()));
              } else {
                loop.after(LOOK, () -> look(until, otherwise, look, found));
              }
            });
  }
}
