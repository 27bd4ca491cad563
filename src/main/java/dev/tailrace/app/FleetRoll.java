package dev.tailrace.app;

import dev.tailrace.lifecycle.State;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Has the processes of a fleet replaced, one after the other: each drains, reports, and is followed
 * by another one, before the next begins. The first that does not do so is the last. Belongs to the
 * loop of its steering.
 */
final class FleetRoll {
  /** What may be read behind without being behind: messages come all the time. */
  private static final long AT_LEAST = 100;

  /** A source that cannot tell how far it is behind is believed after this time. */
  private static final Duration BELIEVED = FleetPresence.LENGTH;

  private final FleetSteering steering;
  private final Consumer<FleetAnswer> progress;
  private final List<FleetAnswer> answers = new ArrayList<>(); // event loop only

  /**
   * For one command.
   *
   * @param progress told of each process when it is done with, well or not
   */
  FleetRoll(FleetSteering steering, Consumer<FleetAnswer> progress) {
    this.steering = steering;
    this.progress = progress;
  }

  /** Rolls these; completes with what became of each, the last of which may have failed. */
  Future<List<FleetAnswer>> run(List<FleetMember> members) {
    return steering.leading(() -> next(List.copyOf(members), 0));
  }

  private Future<List<FleetAnswer>> next(List<FleetMember> members, int index) {
    if (index == members.size()) {
      return Future.succeededFuture(answers);
    }
    FleetMember member = members.get(index);
    return replace(member)
        .otherwise(failure -> FleetAnswer.failed(member, String.valueOf(failure.getMessage())))
        .compose(
            answer -> {
              answers.add(answer);
              progress.accept(answer);
              return answer.done() ? next(members, index + 1) : Future.succeededFuture(answers);
            });
  }

  private Future<FleetAnswer> replace(FleetMember member) {
    return steering
        .until("may not drain while another does", FleetRoll::quiet)
        .compose(
            before ->
                steering
                    .give(FleetOrder.Verb.REPLACE, member)
                    .compose(given -> steering.end(member))
                    .compose(ended -> replaced(before, member)));
  }

  private static Optional<List<FleetMember>> quiet(List<FleetMember> members) {
    return members.stream().anyMatch(one -> one.is(State.DRAINING))
        ? Optional.empty()
        : Optional.of(members);
  }

  private Future<FleetAnswer> replaced(List<FleetMember> before, FleetMember member) {
    Set<String> known = before.stream().map(FleetMember::incarnation).collect(Collectors.toSet());
    return steering
        .until(
            "has drained, and no other one runs in its place",
            now ->
                now.stream()
                    .filter(one -> !known.contains(one.incarnation()) && one.is(State.RUNNING))
                    .findFirst())
        .compose(
            next -> {
              long since = steering.loop().nanos();
              return steering.until(
                  "has drained and is replaced, and the fleet has not caught up",
                  now ->
                      isBack(before, now, since)
                          ? Optional.of(
                              FleetAnswer.done(
                                  member,
                                  "replaced by " + next.instance() + " " + next.incarnation()))
                          : Optional.empty());
            });
  }

  /** All that was held is held again, and what is behind is about what was so before. */
  private boolean isBack(List<FleetMember> before, List<FleetMember> now, long since) {
    Set<String> missing = new HashSet<>(held(before));
    missing.removeAll(held(now));
    long most =
        lag(before)
            + Math.max(
                AT_LEAST,
                Math.max(
                    lag(before) / 10, before.stream().mapToLong(FleetMember::perSecond).sum()));
    boolean known =
        now.stream().allMatch(one -> one.unknownLags() == 0)
            || steering.loop().nanos() - since > BELIEVED.toNanos();
    return missing.isEmpty() && known && lag(now) <= most;
  }

  private static Set<String> held(List<FleetMember> members) {
    return members.stream().flatMap(one -> one.assignments().stream()).collect(Collectors.toSet());
  }

  private static long lag(List<FleetMember> members) {
    return members.stream().mapToLong(FleetMember::lag).sum();
  }
}
