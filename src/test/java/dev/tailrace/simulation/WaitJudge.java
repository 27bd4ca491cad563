package dev.tailrace.simulation;

import dev.tailrace.simulation.WorldMessage.WorldLane;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The judge of waits in one consumer: no message that may run waits ten seconds beside a free
 * permit, promise P1. One that is parked may run once its delay is over, one behind others of its
 * lane once they are gone. A wait is judged when it ends; one without an end is the world's.
 */
final class WaitJudge {
  private static final long MOST = Duration.ofSeconds(10).toNanos();

  private final World world;
  private final ConsumerView consumer;
  private final Map<Queue, Long> moved = new HashMap<>(); // when a message last left it
  private long lastFull; // when the last permit to be had was returned, or could be given again
  private boolean outage; // nothing starts but probes
  private boolean suspended; // for a suspect, which the judge of those has seen

  /** A lane of one epoch, in which messages of two topics may be: it hears late of the second. */
  private record Queue(Epoch epoch, String lane) {}

  WaitJudge(World world, ConsumerView consumer) {
    this.world = world;
    this.consumer = consumer;
  }

  private long now() {
    return world.simulation().nanos();
  }

  /** It may run after the delay, as far as it goes itself. */
  void waits(Stay stay, Duration delay) {
    stay.mayRunAt = now() + delay.toNanos();
  }

  /** A permit is about to be returned. */
  void permitReturns() {
    if (!consumer.hasFreePermit()) {
      lastFull = now();
    }
  }

  /** There are more of them from now on, or fewer. */
  void permitsChange() {
    lastFull = now();
  }

  /** The breaker opens or closes. */
  void breaker(boolean open) {
    outage = open;
    lastFull = now();
  }

  /** Nothing starts for the sake of a suspect, or starts again. */
  void suspended(boolean now) {
    suspended = now;
    lastFull = now();
  }

  void gone(Stay stay) {
    WorldLane lane = stay.message.lane;
    if (lane != null) {
      moved.put(new Queue(stay.epoch, lane.name), now());
    }
  }

  /** It is given a permit. */
  void starts(Stay stay) {
    if (outage || suspended) {
      return;
    }
    long free = Math.max(stay.mayRunAt, lastFull);
    WorldLane lane = stay.message.lane;
    long since =
        lane == null
            ? free
            : Math.max(free, moved.getOrDefault(new Queue(stay.epoch, lane.name), free));
    if (now() - since > MOST && !consumer.process.wasFrozenSince(since)) {
      throw world.broken(
          "P1: "
              + stay
              + " has waited "
              + Duration.ofNanos(now() - since)
              + " beside a free permit");
    }
  }
}
