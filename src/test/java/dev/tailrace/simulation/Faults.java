package dev.tailrace.simulation;

import dev.tailrace.runtime.Choices;
import dev.tailrace.runtime.FailPoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What may happen to a world, one by choice at a time. Not in turns. */
final class Faults {
  private static final List<FailPoint> PHASES = points(true);
  private static final List<FailPoint> STEPS = points(false); // of a message or a revocation

  private final World world;
  private final Choices choices;
  private @Nullable SimulatedProcess doomed; // crashes at its fail point
  private @Nullable FailPoint point;
  private int passes; // of the fail point, before the crash

  private static final long WATCH_MILLIS = 10_000; // between two looks at the topic's id
  private static final long FORGET_MILLIS = 5_000; // until positions of a deleted topic are gone

  private static final Fault[] ALL = Fault.values();

  private enum Fault {
    CRASH,
    CRASH_AT_A_POINT,
    FREEZE,
    SILENCE,
    JOIN,
    DRAIN,
    DRAIN_AND_FORCE,
    BROKER_AWAY,
    STORE_AWAY,
    STORE_FLUSH,
    LETTERS_AWAY,
    LETTERS_REFUSED,
    CLOCK_JUMP,
    PAUSE,
    LIMITS_CHANGE,
    MORE_MESSAGES,
    METADATA_LIMIT,
    HANDLERS_FAIL,
    TOPIC_MADE_ANEW
  }

  Faults(World world) {
    this.world = world;
    this.choices = world.choices();
  }

  void next() {
    Fault fault = ALL[choices.pick(ALL.length)];
    world.tell(() -> "fault: " + fault);
    switch (fault) {
      case CRASH -> crash(any());
      case CRASH_AT_A_POINT -> doom(any());
      case FREEZE -> freeze(any());
      case SILENCE -> silence(any());
      case JOIN -> world.startProcess();
      case DRAIN -> drain(any(), false);
      case DRAIN_AND_FORCE -> drain(any(), true);
      case BROKER_AWAY -> away(world.broker(), () -> {});
      case STORE_AWAY -> away(world.store().server(), world.store()::disturbed);
      case STORE_FLUSH -> world.store().flush();
      case LETTERS_AWAY ->
          away(
              world.settings().moves() ? world.tiers.server() : world.letters().server(), () -> {});
      case LETTERS_REFUSED -> refuseLetters();
      case CLOCK_JUMP -> jump();
      case PAUSE -> pause(any());
      case LIMITS_CHANGE -> changeLimits(any());
      case MORE_MESSAGES -> world.append(1 + choices.pick(6));
      case METADATA_LIMIT -> world.positions().limitMetadata(choices.pick(80));
      case HANDLERS_FAIL -> failHandlers();
      case TOPIC_MADE_ANEW -> remakeTopic();
    }
  }

  private @Nullable SimulatedProcess any() {
    List<SimulatedProcess> alive = new ArrayList<>(world.alive());
    return alive.isEmpty() ? null : alive.get(alive.size() == 1 ? 0 : choices.pick(alive.size()));
  }

  private void crash(@Nullable SimulatedProcess process) {
    if (process != null) {
      process.crash();
      replaceLater();
    }
  }

  /** Somebody starts another one, some time later. */
  private void replaceLater() {
    world.after(millis(0, 4_000), world::startProcess);
  }

  private void doom(@Nullable SimulatedProcess process) {
    if (process != null && doomed == null) {
      doomed = process;
      if (choices.pick(4) == 0) {
        point = PHASES.get(choices.pick(PHASES.size()));
        passes = 0;
        process.drain();
      } else {
        point = STEPS.get(choices.pick(STEPS.size()));
        passes = choices.pick(2) == 0 ? 0 : choices.pick(4);
      }
    }
  }

  private static List<FailPoint> points(boolean ofDrains) {
    return Arrays.stream(FailPoint.values())
        .filter(point -> point.name().startsWith("PHASE") == ofDrains)
        .toList();
  }

  /** Nobody is to die any more. */
  void calm() {
    doomed = null;
    world.tiers.server().calm();
  }

  /** The code of some process has come to a place where it may die. */
  void reached(FailPoint reached) {
    SimulatedProcess process = doomed;
    if (process == null || reached != point || !process.inTurn() || passes-- > 0) {
      return;
    }
    doomed = null;
    if (reached == FailPoint.BEFORE_MARK) {
      world.saw(Sometimes.CRASHED_BETWEEN_EFFECT_AND_MARK);
    } else if (reached == FailPoint.BEFORE_COMMIT) {
      world.saw(Sometimes.CRASHED_BETWEEN_MARK_AND_COMMIT);
    }
    process.crash();
    replaceLater();
  }

  private void freeze(@Nullable SimulatedProcess process) {
    if (process == null || process.isFrozen()) {
      return;
    }
    process.freeze();
    Duration longest =
        world.settings().group().session().plus(world.settings().lease()).plusSeconds(1);
    boolean longer = choices.pick(2) == 0;
    Duration time = longer ? longest : millis(0, longest.toMillis());
    if (longer) {
      world.saw(Sometimes.FROZEN_LONGER_THAN_SESSION_AND_LEASE);
    }
    world.after(time, process::thaw);
  }

  /** Its heartbeats get lost, while the rest goes through. */
  private void silence(@Nullable SimulatedProcess process) {
    if (process != null && !process.isFrozen()) {
      GroupMember member = process.member(choices.pick(10) % process.members().size());
      member.silence(true);
      world.after(
          millis(0, 2 * world.settings().group().session().toMillis()),
          () -> {
            if (!process.isFrozen() && !process.isDead()) {
              member.silence(false);
            }
          });
    }
  }

  private void drain(@Nullable SimulatedProcess process, boolean force) {
    if (process == null || process.isFrozen()) {
      return;
    }
    if (world.broker().isAway()) {
      world.saw(Sometimes.BROKER_AWAY_AT_A_DRAIN);
    }
    if (world.store().server().isAway()) {
      world.saw(Sometimes.STORE_AWAY_AT_A_DRAIN);
    }
    process.drain();
    if (force) {
      world.after(millis(0, 3_000), process::force);
    }
    replaceLater();
  }

  private void away(Server server, Runnable disturbed) {
    if (!server.isAway()) {
      server.goAway(choices.pick(2) == 0);
      disturbed.run();
      world.after(
          millis(0, 15_000),
          () -> {
            disturbed.run();
            server.back();
          });
    }
  }

  private void refuseLetters() {
    world.letters().refuseSome(true);
    world.lettersRefused();
    world.after(millis(0, 5_000), () -> world.letters().refuseSome(false));
  }

  /** What all handlers need is away. */
  private void failHandlers() {
    world.topic().failAll(true);
    world.after(millis(0, 10_000), () -> world.topic().failAll(false));
  }

  /**
   * Deleted and created again, and written to; the broker forgets the old positions some time
   * later, and so do the members learn of it. Not while one still asks which topic it has begun: to
   * be made anew twice within that moment is more than the product tells apart.
   */
  private void remakeTopic() {
    if (world.alive().stream()
        .flatMap(process -> process.members().stream())
        .anyMatch(member -> member.watch().isLooking())) {
      return;
    }
    world.topic().remake();
    for (SimulatedProcess process : world.alive()) {
      for (GroupMember member : process.members()) {
        member.watch().lookAfter(millis(0, WATCH_MILLIS));
      }
    }
    world.append(choices.pick(12));
    world.after(millis(0, FORGET_MILLIS), world.topic()::forgetPositions);
  }

  private void jump() {
    world.saw(Sometimes.CLOCK_JUMPED);
    Duration by = Duration.ofMillis(choices.between(0, 20_000) - 10_000);
    if (choices.pick(2) == 0) {
      world.simulation().skewWall(by);
      world.store().disturbed(); // its clock is the same
    } else {
      world.store().jump(by);
    }
  }

  private void pause(@Nullable SimulatedProcess process) {
    if (process == null || process.isFrozen() || process.isDraining()) {
      return;
    }
    int consumer = choices.pick(10) % process.views().size();
    if (process.views().get(consumer).inFlight() > 0) {
      world.saw(Sometimes.PAUSED_WITH_WORK);
    }
    process.pause(consumer);
    world.after(
        millis(0, 4_000),
        () -> {
          if (!process.isDead() && !process.isFrozen()) {
            process.resume(consumer);
          } else if (process.isFrozen()) {
            world.whenCalm(() -> process.resume(consumer));
          }
        });
  }

  /** As by a reload. */
  private void changeLimits(@Nullable SimulatedProcess process) {
    if (process != null && !process.isFrozen() && !process.isDraining()) {
      process.change(WorldSettings.limits(choices));
    }
  }

  private Duration millis(long from, long to) {
    return Duration.ofMillis(choices.between(from, to));
  }
}
