package dev.tailrace.simulation;

import dev.tailrace.message.Fence;
import dev.tailrace.processing.Crew;
import dev.tailrace.processing.Solo;
import dev.tailrace.simulation.WorldSettings.Store;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The judge of what runs alone in one process, promise P8: a suspect begins while no other handler
 * runs, and until it has overstayed its time none begins; and nothing is suspended without one, or
 * for longer than one may take.
 */
final class SolitudeJudge {
  /** Between the end of a suspect and the turn in which the last consumer hears of it. */
  private static final long GRACE = Duration.ofMillis(10).toNanos();

  private final World world;
  private final SimulatedProcess process;
  private final Set<Stay> running = new LinkedHashSet<>();
  private final Set<Stay> suspects = new LinkedHashSet<>();
  private final Map<ConsumerView, Long> suspended = new LinkedHashMap<>(); // since when
  private @Nullable Stay alone;
  private long aloneSince;
  private long lastSuspect;

  SolitudeJudge(World world, SimulatedProcess process) {
    this.world = world;
    this.process = process;
  }

  private long now() {
    return world.simulation().nanos();
  }

  /** Its claim was answered; with a fence where it is won. */
  void claimed(Stay stay, @Nullable Fence fence) {
    stay.grant = fence == null ? null : world.store().grant(fence.claimId());
    stay.toldAlone = false; // which was of the claim before, where it kept its permit
    if (stay.isSuspect()) {
      suspects.add(stay);
    }
  }

  /** A message is about to run alone, says an alarm that begins with its name. */
  void announced(String detail, Collection<Stay> all) {
    if (process.isDead()) {
      return;
    }
    for (Stay stay : all) {
      if (stay.stage == Stay.Stage.EXECUTING && detail.startsWith(stay.message.origin() + ":")) {
        stay.toldAlone = true;
        suspects.add(stay);
      }
    }
  }

  void parked(Stay stay, String reason) {
    rests(stay);
    if (reason.endsWith("not alone")) {
      world.saw(Sometimes.SUSPECT_NOT_ALONE_IN_TIME);
    }
  }

  /** It has no permit any more. */
  void rests(Stay stay) {
    stay.toldAlone = false;
    if (suspects.remove(stay)) {
      lastSuspect = now();
    }
  }

  void starts(Stay stay) {
    Stay other = alone;
    if (other != null && other != stay && now() - aloneSince < mostAlone()) {
      throw world.broken("P8: " + stay + " starts while " + other + " runs alone");
    }
    if (stay.isAlone()) {
      world.saw(Sometimes.SUSPECT_RAN_ALONE);
      if (!running.isEmpty()) {
        throw world.broken("P8: " + stay + " starts alone beside " + running);
      }
      alone = stay;
      aloneSince = now();
    }
    running.add(stay);
  }

  void ends(Stay stay) {
    running.remove(stay);
    if (alone == stay) {
      alone = null;
    }
  }

  /** A consumer says that it starts nothing for the sake of a suspect, or that it goes on. */
  void suspended(ConsumerView consumer, boolean now) {
    if (!now) {
      goesOn(consumer);
      return;
    }
    suspended.put(consumer, now());
    world.saw(Sometimes.SUSPECT_HELD_OTHERS_BACK);
    boolean told = world.settings().store() == Store.SHARED; // elsewhere only the one that runs is
    if (told
        && suspects.isEmpty()
        && now() - lastSuspect > GRACE
        && !process.wasFrozenSince(lastSuspect)) {
      throw world.broken("P1: " + process + " is suspended, and there is no suspect in it");
    }
  }

  private void goesOn(ConsumerView consumer) {
    Long since = suspended.remove(consumer);
    if (since != null && now() - since > mostHeld() && !process.wasFrozenSince(since)) {
      throw world.broken(
          "P8: %s was suspended for %s".formatted(consumer, Duration.ofNanos(now() - since)));
    }
  }

  /** Until the others rest, then alone until it is stuck; once more where its start was late. */
  private long mostHeld() {
    Crew.Timing timing = Crew.Timing.of(world.settings().pool().timeout());
    return timing.timeout().plus(timing.grace()).multipliedBy(3).plus(Solo.LEAST_PATIENCE).toNanos()
        + GRACE;
  }

  private long mostAlone() {
    return world.settings().pool().timeout().toNanos();
  }
}
