package dev.tailrace.app;

import static org.awaitility.Awaitility.await;

import dev.tailrace.kafka.Assignor;
import dev.tailrace.kafka.GroupProtocol;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pools that join and leave one group again and again, all of them in order, while messages come
 * and take their time; then the checker's verdict on what they left behind.
 */
final class RebalanceStorm implements AutoCloseable {
  static final int PARTITIONS = 24;
  private static final int KEYS = 1_000;
  private static final int CHUNK = 10_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Trigger LEAVE = new Trigger(Trigger.Kind.SIGTERM, "storm");

  /**
   * The four kinds of membership.
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
   * How much of it.
   *
   * @param messages in all
   * @param changes members that join or leave, after the first three
   * @param every how long it is quiet between two changes
   */
  record Size(int messages, int changes, Duration every) {}

  private record Member(String name, Tailrace pool, EventLog log) {}

  private final Kind kind;
  private final Size size;
  private final KafkaBroker broker;
  private final Path folder;
  private final Random random = new Random(7);
  private final Vertx vertx = Vertx.vertx();
  private final String topic = Servers.uniqueName("storm");
  private final Deque<String> away = new ArrayDeque<>(List.of("c", "b", "a"));
  private final List<Member> members = new ArrayList<>();
  private final List<Path> logs = new ArrayList<>();
  private final List<String> reports = new ArrayList<>();
  private final AtomicInteger done = new AtomicInteger();
  private final Path effects;
  private final BufferedWriter witness; // guarded by itself
  private int produced;

  RebalanceStorm(Kind kind, Size size, KafkaBroker broker, Path folder) throws IOException {
    this.kind = kind;
    this.size = size;
    this.broker = broker;
    this.folder = folder;
    this.effects = folder.resolve("effects.jsonl");
    this.witness = Files.newBufferedWriter(effects);
  }

  /** Plays it to the end, when every message has its effect and all have left. */
  Verdicts play() throws Exception {
    Servers.createTopic(broker, topic, PARTITIONS, Map.of());
    produceAhead();
    while (!away.isEmpty()) {
      join();
    }
    for (int change = 0; change < size.changes(); change++) {
      awaitQuiet();
      produceAhead();
      if (away.isEmpty()) {
        leave(random.nextInt(members.size()));
      } else {
        join();
      }
    }
    while (produced < size.messages()) {
      awaitQuiet();
      produceAhead();
    }
    await().atMost(PATIENCE).until(() -> done.get() >= size.messages());
    while (!members.isEmpty()) {
      leave(0);
    }
    return verdicts();
  }

  private void awaitQuiet() {
    long until = System.nanoTime() + size.every().toNanos();
    await().atMost(PATIENCE).until(() -> System.nanoTime() - until >= 0);
  }

  /** Never so much that nothing is left for the changes to come. */
  private void produceAhead() throws Exception {
    while (produced < size.messages() && produced - done.get() < 3 * CHUNK) {
      int some = Math.min(CHUNK, size.messages() - produced);
      new KafkaProbe(broker).produce(topic, produced, some, KEYS);
      produced += some;
    }
  }

  private void join() throws Exception {
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
                        KafkaSourceConfig.of(broker.bootstrap(), topic, topic)
                            .withMembership(membership))
                    .limits(new PipelineLimits(128, 1_024, 64 << 20, 512))
                    .handle((message, context) -> work(message.origin().toString()))
                    .build())
            .build();
    Results.result(pool.start());
    members.add(new Member(name, pool, log));
  }

  private static void onDaemon(Runnable writer) {
    Thread thread = new Thread(writer, "storm-events");
    thread.setDaemon(true);
    thread.start();
  }

  private Future<Outcome> work(String origin) {
    int millis = ThreadLocalRandom.current().nextInt(5, 51);
    return vertx
        .timer(millis, TimeUnit.MILLISECONDS)
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

  private void leave(int which) throws Exception {
    Member member = members.remove(which);
    DrainReport report = Results.result(member.pool().drain(LEAVE));
    reports.add(report.toJson().encode());
    Results.result(member.log().close());
    away.addFirst(member.name());
  }

  private Verdicts verdicts() throws Exception {
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
    return Verification.check(
        new VerifyInput(
            logs,
            effects,
            Files.write(folder.resolve("committed.jsonl"), positions),
            List.of(Files.write(folder.resolve("reports.jsonl"), reports)),
            Expectations.parse("effects,complete,order=key")));
  }

  @Override
  public void close() throws Exception {
    Results.result(vertx.close());
  }
}
