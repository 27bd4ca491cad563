package dev.tailrace.chaos;

import dev.tailrace.chaos.PipelinePlan.Broker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One round: what runs, and what is done to it. The plan is drawn from a seed; the moments at which
 * real processes do what they do are not.
 *
 * @param seed what it was drawn from
 * @param mix what becomes of the processes
 * @param pipelines one per source
 * @param members how the processes are members of their groups
 * @param processes how many there are
 * @param load how long messages are produced
 */
record Plan(
    long seed,
    Mix mix,
    List<PipelinePlan> pipelines,
    Members members,
    int processes,
    Duration load) {
  /** How long a drain may take, all phases. */
  static final Duration DRAIN_DEADLINE = Duration.ofSeconds(6);

  /** What becomes of the processes. */
  enum Mix {
    /** Stopped in order, and nothing else: then nothing may be repeated at all. */
    CLEAN,
    /** Killed, and now and then stopped. */
    KILLS,
    /** Frozen, killed and stopped. */
    FREEZES
  }

  /**
   * Memberships and leases.
   *
   * @param stableNames whether a process comes back under its name
   * @param staticIds whether it comes back as the same member of the Kafka group
   * @param assignor of the Kafka group
   * @param session time-out of the Kafka group
   * @param lease of claims, and how long a silent consumer keeps its stream entries
   */
  record Members(
      boolean stableNames, boolean staticIds, String assignor, Duration session, Duration lease) {}

  /** Draws a round. */
  static Plan draw(long seed, Duration load) {
    Random random = new Random(seed);
    int dice = random.nextInt(20);
    Mix mix = dice < 3 ? Mix.CLEAN : dice < 16 ? Mix.KILLS : Mix.FREEZES;
    boolean clean = mix == Mix.CLEAN;
    List<PipelinePlan> pipelines = new ArrayList<>();
    pipelines.add(PipelinePlan.draw(Broker.KAFKA, random, clean));
    if (random.nextInt(5) > 0) {
      pipelines.add(PipelinePlan.draw(Broker.REDIS, random, clean));
    }
    boolean stable = random.nextInt(3) == 0;
    Members members =
        new Members(
            stable,
            stable && random.nextBoolean(),
            random.nextInt(4) == 0 ? "range" : "cooperative-sticky",
            Duration.ofMillis(clean ? 8_000 : 1_000 + random.nextInt(1_500)),
            Duration.ofMillis(clean ? 9_000 : 2_000 + random.nextInt(2_000)));
    return new Plan(seed, mix, pipelines, members, 4, load);
  }

  /** Longer than any session or lease lasts. */
  Duration freeze() {
    Duration session = members.session();
    Duration lease = members.lease();
    return (session.compareTo(lease) > 0 ? session : lease).multipliedBy(3).dividedBy(2);
  }

  @Override
  public String toString() {
    return "seed %d: %s, %d processes, %s, %s".formatted(seed, mix, processes, members, pipelines);
  }
}
