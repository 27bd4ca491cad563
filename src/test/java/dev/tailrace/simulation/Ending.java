package dev.tailrace.simulation;

import dev.tailrace.runtime.Simulation;
import java.time.Duration;

/**
 * How a world ends that is calm, promises P1 and P5: everything ends finished, every process drains
 * clean, and nothing is left anywhere.
 */
final class Ending {
  private static final long MOST = Duration.ofMinutes(10).toNanos();

  private final World world;
  private final Simulation simulation;

  Ending(World world) {
    this.world = world;
    this.simulation = world.simulation();
  }

  void play() {
    long last = simulation.nanos() + MOST;
    Topic topic = world.topic();
    world.until(() -> topic.isFinished() || simulation.nanos() > last);
    if (!topic.isFinished()) {
      throw world.broken("P1: not finished although all is calm: " + topic.unfinished());
    }
    rest();
    world.alive().forEach(SimulatedProcess::drain);
    if (!world.until(world::isDeserted)) {
      throw world.broken("P5: a drain does not end: " + world.alive());
    }
    world.until(() -> simulation.nanos() > last);
    if (world.store().forgotten() > 0 || !world.coordinator().isEmpty()) {
      throw world.broken(
          "P1: after all drains "
              + world.store().forgotten()
              + " claims are forgotten; members: "
              + world.coordinator());
    }
  }

  /**
   * Until nobody has anything to do, and nothing from before the calm is still on its way and holds
   * up what a drain asks. What ends its process may be passed over by a position and still run
   * here: then who replaces the process drains with the others.
   */
  private void rest() {
    long session = world.settings().group().session().toNanos();
    int before;
    do {
      before = world.processes();
      long over = simulation.nanos() + 2 * session;
      world.broker().loop().later(over - simulation.nanos(), () -> {});
      world.until(
          () ->
              simulation.nanos() >= over
                  && !world.isReplacing()
                  && world.alive().stream().noneMatch(Ending::isAtWork));
    } while (world.processes() > before);
  }

  private static boolean isAtWork(SimulatedProcess process) {
    return process.hasWork() || process.members().stream().anyMatch(each -> each.link().isHeldUp());
  }
}
