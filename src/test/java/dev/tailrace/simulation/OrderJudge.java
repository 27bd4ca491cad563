package dev.tailrace.simulation;

/** The judge of order: promise P3, in the lanes of the truth. */
final class OrderJudge {
  private final World world;

  OrderJudge(World world) {
    this.world = world;
  }

  void starts(Stay stay) {
    WorldMessage message = stay.message;
    message.begun = true;
    if (message.lane == null) {
      return;
    }
    WorldMessage before = message.before;
    if (before != null
        && !before.settled
        && !stay.epoch.isMisread(message)
        && !before.log.isPassedOver(before)) {
      throw world.broken("P3: " + stay + " starts, and " + before + " before it is not finished");
    }
    for (Stay other : message.lane.running) {
      boolean same = other.consumer == stay.consumer && other.epoch == stay.epoch;
      if (same || !(other.isZombie() || stay.isZombie())) {
        throw world.broken("P3: " + stay + " starts while " + other + " of its lane runs");
      }
    }
    message.lane.running.add(stay);
  }

  void ends(Stay stay) {
    if (stay.message.lane != null) {
      stay.message.lane.running.remove(stay);
    }
  }
}
