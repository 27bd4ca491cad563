package dev.tailrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.chaos.PipelinePlan.Broker;
import dev.tailrace.chaos.PipelinePlan.Limits;
import dev.tailrace.chaos.PipelinePlan.Work;
import dev.tailrace.chaos.ServerFault.Harm;
import dev.tailrace.chaos.ServerFault.Server;
import dev.tailrace.proof.CampaignTime;
import dev.tailrace.proof.ProofResults;
import io.vertx.core.json.JsonArray;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * What befalls brokers, stores and memberships, fault by fault, on real servers: {@code mvn verify
 * -Pchaos -Dit.test=FaultsCampaign [-Dchaos.minutes=N] [-Dchaos.seed=S] [-Dchaos.away=SECONDS]
 * [-Dchaos.only=FAULT]}. Each round has one fault, which its seed draws, and servers of its own;
 * each fault has a line in the summary.
 */
class FaultsCampaign {
  private static final Duration TIME = CampaignTime.FAULTS.orElse(Duration.ofMinutes(45));
  private static final long SEED = Long.getLong("chaos.seed", System.currentTimeMillis() / 1_000);
  private static final Duration AWAY = Duration.ofSeconds(Long.getLong("chaos.away", 60));
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
      return new Kind(fault.get().name(), fault, LOAD, true, Work.unhurried(), 3, 1, false);
    }

    Kind within(Duration time) {
      return new Kind(name, fault, time, streams, work, processes, consumers, deaths);
    }

    /** Much is finished and not committed at any moment. */
    Kind ofTopicsInHaste() {
      return new Kind(name, fault, load, false, Work.quick(), processes, consumers, deaths);
    }

    Kind withDeaths() {
      return new Kind(
          name + ", and deaths", fault, load, streams, work, processes, consumers, true);
    }

    Kind in(int others, int each) {
      String where = ", %d consumers in each of %d processes".formatted(each, others);
      return new Kind(name + where, fault, load, streams, work, others, each, deaths);
    }

    Kind whose(Manner manner) {
      String what = name + ", handlers " + manner.told();
      return new Kind(what, fault, load, streams, manner.work(), processes, 1, deaths);
    }
  }

  /**
   * How handlers behave.
   *
   * @param told in words
   * @param work what they do
   */
  private record Manner(String told, Work work) {}

  private static final List<Manner> MANNERS =
      List.of(
          new Manner("hang", new Work(false, 1_000, 5, 0, 1, 0, 0)),
          new Manner("throw", new Work(true, 1_000, 200, 20, 0, 0, 0)),
          new Manner("allocate", new Work(false, 1_000, 5, 0, 0, 20, 0)),
          new Manner("exhaust the heap", new Work(false, 1_000, 5, 0, 0, 0, 20)));

  private static List<Kind> kinds() {
    Duration longer = AWAY.plusSeconds(20);
    List<Kind> kinds = new ArrayList<>();
    for (Server server : Server.values()) {
      kinds.add(Kind.of(() -> new ServerFault(server, Harm.RESTARTED, AWAY)));
      kinds.add(Kind.of(() -> new ServerFault(server, Harm.AWAY, AWAY)).within(longer));
      kinds.add(Kind.of(() -> new ServerFault(server, Harm.FROZEN, FROZEN)));
      kinds.add(Kind.of(() -> new ServerFault(server, Harm.RESTARTED, AWAY)).withDeaths());
      for (Manner manner : MANNERS) {
        kinds.add(Kind.of(() -> new ServerFault(server, Harm.RESTARTED, AWAY)).whose(manner));
        kinds.add(Kind.of(() -> new ServerFault(server, Harm.FROZEN, FROZEN)).whose(manner));
      }
    }
    kinds.add(Kind.of(StoreFlush::new).ofTopicsInHaste());
    kinds.add(Kind.of(StoreFlush::new).ofTopicsInHaste().withDeaths());
    kinds.add(Kind.of(() -> new JoinAndLeave(1)).in(2, 3));
    kinds.add(Kind.of(() -> new JoinAndLeave(3)));
    for (Manner manner : MANNERS) {
      kinds.add(Kind.of(() -> new JoinAndLeave(1)).whose(manner));
    }
    return List.copyOf(kinds);
  }

  @Test
  void faultsOfTheSurroundingsLoseNothingAndRepeatNothingWithoutCause() throws Exception {
    long begin = System.nanoTime();
    List<Kind> kinds = selected();
    Map<String, RoundResult> summary = new LinkedHashMap<>();
    Map<Long, String> failed = new LinkedHashMap<>();
    for (long seed = SEED; seed == SEED || System.nanoTime() - begin < TIME.toNanos(); seed++) {
      Kind kind = kinds.get((int) Math.floorMod(seed, (long) kinds.size()));
      RoundResult result = round(kind, seed);
      if (!result.problems().isEmpty()) {
        failed.put(seed, kind.name());
      }
      summary.computeIfAbsent(kind.name(), name -> new RoundResult(new ArrayList<>())).plus(result);
      tell(
          "%d of %d s, %d rounds failed"
              .formatted(
                  TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin),
                  TIME.toSeconds(),
                  failed.size()));
    }
    summary.forEach((name, sum) -> tell(line(name, sum)));
    failed.forEach(
        (seed, name) -> tell("again: -Dchaos.seed=%d '-Dchaos.only=%s'".formatted(seed, name)));
    assertThat(failed).as("seeds of failed rounds").isEmpty();
  }

  /** Those that are named so; or, where none is, those whose names hold it. */
  private static List<Kind> selected() {
    List<Kind> all = kinds();
    List<Kind> exact = all.stream().filter(kind -> kind.name().equals(ONLY)).toList();
    List<Kind> kinds =
        exact.isEmpty() ? all.stream().filter(kind -> kind.name().contains(ONLY)).toList() : exact;
    assertThat(kinds).as("faults named " + ONLY).isNotEmpty();
    return kinds;
  }

  private static RoundResult round(Kind kind, long seed) throws Exception {
    Random random = new Random(seed);
    Plan plan = plan(kind, random, seed);
    tell(kind.name() + ": " + plan);
    Campaign campaign = new Campaign(new Storm(List.of(kind.fault())), FaultsCampaign::tell);
    Fates fates = kind.deaths() ? Fates.drawn(plan.mix(), random) : () -> Fate.LIVES;
    RoundResult result = play(campaign, plan, fates);
    boolean held = result.problems().isEmpty();
    tell(line(kind.name(), result));
    ProofResults.merge(
        "kills",
        campaign
            .results()
            .put("seeds", new JsonArray().add("faults " + seed))
            .put("failedSeeds", held ? new JsonArray() : new JsonArray().add(seed)));
    return result;
  }

  /** A round that could not be played to its end has failed, and the others go on. */
  private static RoundResult play(Campaign campaign, Plan plan, Fates fates)
      throws InterruptedException {
    try {
      return campaign.once(plan, fates);
    } catch (InterruptedException ended) {
      throw ended;
    } catch (Exception | AssertionError failure) {
      tell("not played to its end: " + failure + ", since " + failure.getCause());
      return new RoundResult(new ArrayList<>(List.of(failure.toString())));
    }
  }

  private static String line(String name, RoundResult result) {
    return "%s: %s; %d rounds, %d messages, %d kills, %d lost, %d repeated %s, %d of them without a cause, %d dishonest commits"
        .formatted(
            name,
            result.problems().isEmpty() ? "held" : "BROKEN",
            result.count("rounds"),
            result.count("messages"),
            result.count("kills"),
            result.count("lost"),
            result.count("repeated"),
            result.table("repeatedByWindow"),
            result.count("repeatedUnattributed"),
            result.count("dishonestCommits"));
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
