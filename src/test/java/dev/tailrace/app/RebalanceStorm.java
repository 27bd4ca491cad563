package dev.tailrace.app;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import dev.tailrace.kafka.Assignor;
import dev.tailrace.kafka.GroupProtocol;
import dev.tailrace.kafka.Heartbeats;
import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.kafka.Membership;
import dev.tailrace.kafka.OnClose;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.Servers;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.EventKeys;
import dev.tailrace.observe.EventLog;
import dev.tailrace.observe.EventLogConfig;
import dev.tailrace.observe.EventLogEnvironment;
import dev.tailrace.verify.Expectations;
import dev.tailrace.verify.Verdicts;
import dev.tailrace.verify.Verification;
import dev.tailrace.verify.VerifyInput;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pools that join and leave one group again and again, all of them in order, while messages come
 * and take their time; then the checker's verdict on what they left behind. All members are in this
 * JVM, so that their event logs tell the time of one clock. For one thread, save the counts.
 */
final class RebalanceStorm implements AutoCloseable {
  static final int PARTITIONS = 24;
  private static final int KEYS = 1_000;
  private static final int MOST_AT_ONCE = 2_000;

  /** Of all messages of a small storm. */
  private static final int SHARE_AT_ONCE = 6;

  /** Of what each may execute at once: so much waits in each that leaving takes a moment. */
  private static final int BUFFERED = 20;

  private static final int LEAST_MILLIS = 5;
  private static final int MOST_MILLIS = 50;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Trigger LEAVE = new Trigger(Trigger.Kind.SIGTERM, "storm");

  /** The checker may use as much memory as it is given; one storm after the other. */
  private static final Object CHECKER = new Object();

  /**
   * The kinds of membership.
   *
   * @param protocol of the group
   * @param statics whether members keep an id, and their partitions while they are away
   */
  record Kind(GroupProtocol protocol, boolean statics) {
    static List<Kind> all() {
      return List.of(
          new Kind(GroupProtocol.classic(Assignor.RANGE), false),
          new Kind(GroupProtocol.classic(Assignor.COOPERATIVE_STICKY), false),
          new Kind(GroupProtocol.consumer(), false),
          new Kind(GroupProtocol.classic(Assignor.COOPERATIVE_STICKY), true),
          new Kind(GroupProtocol.consumer(), true));
    }

    @Override
    public String toString() {
      return protocol + (statics ? ", static" : "");
    }
  }

  /**
   * How much of it: it ends when there were as many changes and as many messages.
   *
   * @param messages at the least
   * @param changes members that join or leave, after the first three, at the least
   * @param every from the beginning of one change to that of the next
   * @param concurrency of each member, so low that work waits at every change
   * @param heartbeat of members that divide the partitions among themselves
   */
  record Size(int messages, int changes, Duration every, int concurrency, Duration heartbeat) {}

  private record Member(String name, Tailrace pool, EventLog log) {}

  private final Kind kind;
  private final Size size;
  private final KafkaBroker broker;
  private final Path folder;
  private final Random random;
  private final Vertx vertx = Vertx.vertx();
  private final String topic = Servers.uniqueName("storm");
  private final Deque<String> away = new ArrayDeque<>(List.of("c", "b", "a"));
  private final List<Member> members = new ArrayList<>();
  private final List<Path> logs = new ArrayList<>();
  private final List<String> reports = new ArrayList<>();
  private final AtomicInteger changes = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final Path effects;
  private final int chunk;
  private final BufferedWriter witness; // guarded by itself
  private int produced;
  private long beginNanos; // since when it is a storm

  /**
   * Prepares a storm.
   *
   * @param folder an empty one of its own
   * @param seed of who leaves
   */
  RebalanceStorm(Kind kind, Size size, KafkaBroker broker, Path folder, long seed)
      throws IOException {
    this.kind = kind;
    this.size = size;
    this.chunk = Math.min(MOST_AT_ONCE, size.messages() / SHARE_AT_ONCE);
    this.broker = broker;
    this.folder = folder;
    this.random = new Random(seed);
    this.effects = folder.resolve("effects.jsonl");
    this.witness = Files.newBufferedWriter(effects);
  }

  /** Plays it to the end, when every message has its effect and all have left. */
  Verdicts play() throws Exception {
    begin();
    while (changes.get() < size.changes() || produced < size.messages()) {
      long next = System.nanoTime() + size.every().toNanos();
      if (away.isEmpty()) {
        leave(members.get(random.nextInt(members.size())).name());
      } else {
        join();
      }
      changes.incrementAndGet();
      do {
        produceAhead();
        await().atMost(PATIENCE).until(() -> isOver(next) || produced - done.get() < chunk);
      } while (!isOver(next));
    }
    while (kind.statics() && !away.isEmpty()) {
      join(); // else its partitions wait for its session to end
    }
    return end();
  }

  private static boolean isOver(long time) {
    return System.nanoTime() - time >= 0;
  }

  /** All three are there, and there is work for them. */
  void begin() throws Exception {
    Servers.createTopic(broker, topic, PARTITIONS, Map.of());
    produceAhead();
    while (!away.isEmpty()) {
      join();
    }
    await().atMost(PATIENCE).until(this::isDivided);
    beginNanos = System.nanoTime();
  }

  private boolean isDivided() throws IOException {
    Map<String, Integer> owned = handovers().owned();
    return owned.size() == members.size()
        && owned.values().stream().allMatch(each -> each == PARTITIONS / members.size());
  }

  /** How many changes there were so far; from any thread. */
  int changes() {
    return changes.get();
  }

  /** How many effects there were so far; from any thread. */
  int done() {
    return done.get();
  }

  /** How many messages there are so far. */
  int produced() {
    return produced;
  }

  /** What changed its owner so far, since all three were there for the first time. */
  Handovers handovers() throws IOException {
    return Handovers.read(logs, beginNanos);
  }

  /** Always so much that nobody is idle at the next change. */
  void produceAhead() throws Exception {
    while (produced - done.get() < 2 * chunk) {
      new KafkaProbe(broker).produce(topic, produced, chunk, KEYS);
      produced += chunk;
    }
  }

  /** The one that left last comes back. */
  void join() throws Exception {
    String name = away.removeLast();
    Path file = folder.resolve("events-" + logs.size() + ".jsonl");
    logs.add(file);
    PoolIdentity identity = PoolIdentity.of("storm", name);
    EventLog log =
        EventLog.open(
            new EventLogConfig(file, EventKeys.HASH, Long.MAX_VALUE),
            new EventLogEnvironment(
                name,
                identity.incarnation(),
                System::nanoTime,
                System::currentTimeMillis,
                RebalanceStorm::onDaemon));
    Membership dynamic = Membership.of(topic, kind.protocol());
    Membership membership = kind.statics() ? dynamic.withStaticId(name, OnClose.REMAIN) : dynamic;
    Tailrace pool =
        Tailrace.builder(vertx)
            .identity(identity)
            .events(log)
            .add(
                Pipeline.named("orders")
                    .source(
                        Heartbeats.every(
                            size.heartbeat(),
                            KafkaSourceConfig.of(broker.bootstrap(), topic, topic),
                            membership))
                    .limits(
                        new PipelineLimits(
                            size.concurrency(), BUFFERED * size.concurrency(), 64 << 20, 512))
                    .handle((message, context) -> work(message.origin().toString()))
                    .build())
            .build();
    members.add(new Member(name, pool, log));
    result(pool.start());
  }

  private static <T> T result(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(PATIENCE.toSeconds(), SECONDS);
  }

  private static void onDaemon(Runnable writer) {
    Thread thread = new Thread(writer, "storm-events");
    thread.setDaemon(true);
    thread.start();
  }

  private Future<Outcome> work(String origin) {
    int millis = ThreadLocalRandom.current().nextInt(LEAST_MILLIS, MOST_MILLIS + 1);
    return vertx
        .timer(millis, MILLISECONDS)
        .map(
            over -> {
              seen(origin);
              return Outcome.done();
            });
  }

  private void seen(String origin) {
    JsonObject effect = new JsonObject().put("pipeline", "orders").put("msg", origin);
    synchronized (witness) {
      try {
        witness.write(effect.encode());
        witness.newLine();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    done.incrementAndGet();
  }

  /** A member ends in order. */
  void leave(String name) throws Exception {
    Member member =
        members.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    members.remove(member);
    DrainReport report = result(member.pool().drain(LEAVE));
    reports.add(report.toJson().encode());
    result(member.log().close());
    away.addLast(member.name());
  }

  /** Every message has its effect, and all leave. */
  Verdicts end() throws Exception {
    await().atMost(PATIENCE).until(() -> done.get() >= produced);
    while (!members.isEmpty()) {
      leave(members.get(0).name());
    }
    synchronized (witness) {
      witness.close();
    }
    List<String> positions =
        new KafkaProbe(broker)
            .committed(topic).entrySet().stream()
                .map(
                    entry ->
                        new JsonObject()
                            .put("pipeline", "orders")
                            .put("source", entry.getKey())
                            .put("committed", entry.getValue().toString())
                            .encode())
                .toList();
    VerifyInput input =
        new VerifyInput(
            logs,
            effects,
            Files.write(folder.resolve("committed.jsonl"), positions),
            List.of(Files.write(folder.resolve("reports.jsonl"), reports)),
            Expectations.parse("effects,complete,order=key"));
    synchronized (CHECKER) {
      return Verification.check(input);
    }
  }

  @Override
  public void close() throws Exception {
    result(vertx.close());
  }
}
