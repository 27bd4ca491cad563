package dev.tailrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.chaos.PipelinePlan.Broker;
import dev.tailrace.chaos.PipelinePlan.Limits;
import dev.tailrace.chaos.PipelinePlan.Work;
import dev.tailrace.chaos.ServerFault.Harm;
import dev.tailrace.chaos.ServerFault.Server;
import dev.tailrace.proof.ProofResults;
import io.vertx.core.json.JsonArray;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * What befalls brokers, stores and memberships, fault by fault, on real servers: {@code mvn verify
 * -Pchaos -Dit.test=FaultsCampaign [-Dchaos.minutes=N] [-Dchaos.seed=S] [-Dchaos.away=SECONDS]
 * [-Dchaos.only=FAULT]}. Each round has one fault, servers of its own, and a line in the summary.
 */
class FaultsCampaign {
  private static final Duration TIME = Duration.ofMinutes(Long.getLong("chaos.minutes", 15));
  private static final long SEED = Long.getLong("chaos.seed", System.currentTimeMillis() / 1_000);
  private static final Duration AWAY = Duration.ofSeconds(Long.getLong("chaos.away", 45));
  private static final String ONLY = System.getProperty("chaos.only", "");

  /** Longer than sessions and leases of these rounds last, shorter than to be given up. */
  private static final Duration FROZEN = Duration.ofSeconds(12);

  private static final Duration LOAD = Duration.ofSeconds(40);

  /**
   * One kind of round.
   *
   * @param name for the summary
   * @param fault what happens, again and again while the load lasts
   * @param load how long that is
   * @param streams whether messages come from a stream, too
   * @param work what the handlers do
   * @param processes how many
   * @param consumers in each
   * @param deaths whether processes die meanwhile, too
   */
  private record Kind(
      String name,
      Supplier<Fault> fault,
      Duration load,
      boolean streams,
      Work work,
      int processes,
      int consumers,
      boolean deaths) {
    static Kind of(Supplier<Fault> fault) {
      return new Kind(fault.get().name(), fault, LOAD, true, Work.quick(), 3, 1, false);
    }

    Kind within(Duration time) {
      return new Kind(name, fault, time, streams, work, processes, consumers, deaths);
    }

    Kind withoutStreams() {
      return new Kind(name, fault, load, false, work, processes, consumers, deaths);
    }

    Kind withDeaths() {
      return new Kind(
          name + ", and deaths", fault, load, streams, work, processes, consumers, true);
    }

    Kind in(int others, int each) {
      String where = ", %d consumers in each of %d processes".formatted(each, others);
      return new Kind(name + where, fault, load, streams, work, others, each, deaths);
    }

    Kind doing(String what, Work other) {
      return new Kind(
          name + ", handlers that " + what, fault, load, streams, other, processes, 1, deaths);
    }
  }

  private static List<Kind> kinds() {
    Duration longer = AWAY.plusSeconds(20);
    return List.of(
        Kind.of(() -> new ServerFault(Server.KAFKA, Harm.RESTARTED, AWAY)),
        Kind.of(() -> new ServerFault(Server.REDIS, Harm.RESTARTED, AWAY)),
        Kind.of(() -> new ServerFault(Server.KAFKA, Harm.AWAY, AWAY)).within(longer),
        Kind.of(() -> new ServerFault(Server.REDIS, Harm.AWAY, AWAY)).within(longer),
        Kind.of(() -> new ServerFault(Server.KAFKA, Harm.FROZEN, FROZEN)),
        Kind.of(() -> new ServerFault(Server.REDIS, Harm.FROZEN, FROZEN)),
        Kind.of(StoreFlush::new).withoutStreams(),
        Kind.of(JoinAndLeave::new).in(2, 3),
        Kind.of(JoinAndLeave::new).doing("hang", new Work(false, 50, 5, 0, 1, 0)),
        Kind.of(JoinAndLeave::new).doing("allocate", new Work(false, 50, 5, 0, 0, 20)),
        Kind.of(JoinAndLeave::new).doing("throw", new Work(true, 50, 200, 20, 0, 0)),
        Kind.of(() -> new ServerFault(Server.KAFKA, Harm.RESTARTED, AWAY)).withDeaths(),
        Kind.of(() -> new ServerFault(Server.REDIS, Harm.RESTARTED, AWAY)).withDeaths(),
        Kind.of(StoreFlush::new).withoutStreams().withDeaths());
  }

  @Test
  void faultsOfTheSurroundingsLoseNothingAndRepeatNothingWithoutCause() throws Exception {
    long begin = System.nanoTime();
    List<Long> failed = new ArrayList<>();
    List<Kind> kinds = kinds().stream().filter(kind -> kind.name().contains(ONLY)).toList();
    assertThat(kinds).isNotEmpty();
    long seed = SEED;
    for (int i = 0; i < kinds.size() || System.nanoTime() - begin < TIME.toNanos(); i++, seed++) {
      Kind kind = kinds.get(i % kinds.size());
      if (!round(kind, seed)) {
        failed.add(seed);
      }
    }
    assertThat(failed).as("seeds of failed rounds").isEmpty();
  }

  private static boolean round(Kind kind, long seed) throws Exception {
    Random random = new Random(seed);
    Plan plan = plan(kind, random, seed);
    tell(kind.name() + ": " + plan);
    Campaign campaign = new Campaign(new Storm(List.of(kind.fault())), FaultsCampaign::tell);
    Fates fates = kind.deaths() ? Fates.drawn(plan.mix(), random) : () -> Fate.LIVES;
    RoundResult result = campaign.once(plan, fates);
    boolean held = result.problems().isEmpty();
    tell(
        "%s: %s; %d messages, %d lost, %d repeated, %d of them without a cause, %d dishonest commits"
            .formatted(
                kind.name(),
                held ? "held" : "BROKEN",
                result.count("messages"),
                result.count("lost"),
                result.count("repeated"),
                result.count("repeatedUnattributed"),
                result.count("dishonestCommits")));
    ProofResults.merge(
        "kills",
        campaign
            .results()
            .put("seeds", new JsonArray().add("faults " + seed))
            .put("failedSeeds", held ? new JsonArray() : new JsonArray().add(seed)));
    return held;
  }

  private static Plan plan(Kind kind, Random random, long seed) {
    Limits limits = new Limits(128, 1_024, 24_000, kind.consumers());
    List<PipelinePlan> pipelines = new ArrayList<>();
    String order = random.nextBoolean() ? "key" : "unordered";
    pipelines.add(new PipelinePlan(Broker.KAFKA, order, "redis", kind.work(), limits, 6, 400));
    if (kind.streams()) {
      String store = random.nextBoolean() ? "redis" : "none";
      Limits one = new Limits(128, 1_024, 24_000, 1);
      pipelines.add(new PipelinePlan(Broker.REDIS, "unordered", store, kind.work(), one, 1, 300));
    }
    Plan.Members members =
        new Plan.Members(
            false,
            false,
            random.nextInt(3) == 0 ? "range" : "cooperative-sticky",
            Duration.ofSeconds(3),
            Duration.ofSeconds(3));
    return new Plan(seed, Plan.Mix.KILLS, pipelines, members, kind.processes(), kind.load());
  }

  private static void tell(String line) {
    System.out.println("faults: " + line);
  }
}
