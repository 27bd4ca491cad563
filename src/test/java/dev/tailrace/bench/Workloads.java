package dev.tailrace.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The workloads that there are. */
final class Workloads {
  static final ContenderPlan BY_KEY = ours("by key", "order", "key");
  private static final ContenderPlan BY_PARTITION = ours("by partition", "order", "partition");
  static final ContenderPlan UNORDERED = ours("unordered", "order", "unordered");

  private static final ContenderPlan RAW =
      ContenderPlan.client("raw poll loop", "RawContender", "order", "partition")
          .acknowledging(Acknowledges.POLLS);
  private static final ContenderPlan SKETCH =
      ContenderPlan.client("raw, keyed sketch", "SketchContender", "order", "key");
  private static final ContenderPlan VERTX =
      ContenderPlan.client(
              "vertx-kafka-client, auto-commit", "VertxContender", "order", "partition")
          .acknowledging(Acknowledges.TIME);

  private static ContenderPlan reactor(String order) {
    return ContenderPlan.peer(
            "Reactor Kafka", "reactor", "reactor.ReactorContender", "order", order)
        .fasterAs(
            "it passes a poll on as it is and remembers the last position; time limits, retries,"
                + " dead letters, order by key and a stop that waits are left to the pipeline behind"
                + " it");
  }

  private static ContenderPlan smallRye(String order) {
    return ContenderPlan.peer(
        "SmallRye Kafka connector", "smallrye", "smallrye.SmallRyeContender", "order", order);
  }

  /** In the order of the page. */
  static final List<Workload> ALL = all();

  private Workloads() {}

  static ContenderPlan ours(String how, String... settings) {
    return ContenderPlan.client("tailrace, " + how, "TailraceContender", settings);
  }

  private static ContenderPlan parallel(String order, String concurrency) {
    return ContenderPlan.peer(
        "Parallel Consumer, " + (order.equals("key") ? "by key" : order),
        "parallel-consumer",
        "parallel.ParallelConsumerContender",
        "order",
        order,
        "concurrency",
        concurrency);
  }

  private static ContenderPlan parallelVertx(String order) {
    return ContenderPlan.peer(
        "Parallel Consumer over Vert.x, " + (order.equals("key") ? "by key" : order),
        "parallel-consumer-vertx",
        "parallelvertx.ParallelVertxContender",
        "order",
        order);
  }

  private static ContenderPlan spring(String name, String... settings) {
    List<String> all = new ArrayList<>(List.of("order", "partition"));
    all.addAll(List.of(settings));
    return ContenderPlan.peer(
        "Spring Kafka, " + name, "spring", "spring.SpringContender", all.toArray(new String[0]));
  }

  private static List<Workload> all() {
    return Stream.of(
            Stream.of(noOp()),
            Stream.of(
                asynchronous("B256", 256, 15, 8_000_000),
                asynchronous("B1000", 1_000, 60, 16_000_000)),
            Stream.of(hotKeys(), latency(), close(), processEnd(), blocking()),
            RedisWorkloads.all(),
            growth(),
            Stream.of(instances()))
        .flatMap(each -> each)
        .toList();
  }

  private static Workload noOp() {
    return new Workload(
        "A",
        "Nothing to do: 100 bytes, each acknowledged by itself",
        "What the way of a message costs, where its handler does nothing and completes at once."
            + " Four partitions, 10,000 keys.",
        TopicShape.USUAL,
        Map.of("work-millis", "0", "concurrency", "256"),
        RAW.name(),
        List.of(
            RAW,
            VERTX,
            BY_KEY,
            BY_PARTITION,
            UNORDERED,
            ours("by key, with meters", "order", "key", "meters", "true"),
            SKETCH,
            spring("each record", "listener", "record").acknowledging(Acknowledges.POLLS),
            spring("each record, acknowledged by itself", "listener", "record", "ack", "RECORD"),
            spring("each batch", "listener", "batch").acknowledging(Acknowledges.POLLS),
            reactor("partition"),
            smallRye("partition"),
            parallel("key", "16"),
            parallel("unordered", "16"),
            parallelVertx("key"),
            parallelVertx("unordered")));
  }

  /**
   * @param warmSeconds how long it runs before the compiler is listened to, which has its lulls
   *     here: what runs once for each poll is compiled late
   * @param there as many messages as the fastest one reads meanwhile, and within the window
   */
  private static Workload asynchronous(String name, int concurrency, int warmSeconds, int there) {
    return new Workload(
        name,
        "Asynchronous work of 5 ms, " + concurrency + " at once",
        "A timer of 5 ms for each message, at most "
            + concurrency
            + " at once; by partition four, one of each.",
        TopicShape.USUAL,
        Map.of(
            "work-millis",
            "5",
            "concurrency",
            Integer.toString(concurrency),
            "unchecked-seconds",
            Integer.toString(warmSeconds),
            "seconds",
            "10",
            "there",
            Integer.toString(there),
            "most-messages",
            Integer.toString(there)),
        VERTX.name(),
        List.of(
            VERTX,
            BY_KEY,
            BY_PARTITION,
            UNORDERED,
            reactor("unordered")
                .fasterAs(
                    "what is due at about the same time ends and starts together in ours, for less"
                        + " CPU and a little of the rate"),
            smallRye("unordered"),
            parallelVertx("key"),
            parallelVertx("unordered")));
  }

  private static Workload hotKeys() {
    return new Workload(
        "C",
        "Uneven keys: asynchronous work of 5 ms, one partition",
        "10,000 keys as uneven as Zipf's law with exponent 0.8 makes them. Messages of one key run"
            + " one after the other, so that the most frequent one, of 27 messages one, sets the"
            + " pace; its limit is what a chain of such timers comes to, which reads nothing.",
        new TopicShape(1, 10_000, 100, 0.8),
        Map.of(
            "work-millis",
            "5",
            "concurrency",
            "256",
            "hot",
            "true",
            "warm-messages",
            "20000",
            "warm-seconds",
            "15",
            "messages",
            "60000",
            "seconds",
            "15",
            "most-messages",
            "1000000"),
        "a chain of timers",
        List.of(
            ContenderPlan.client(
                "a chain of timers", "ChainContender", "order", "key", "reads", "nothing"),
            BY_KEY,
            parallelVertx("key")
                .fasterAs(
                    "it reads on without a bound while the most frequent key falls behind, lets"
                        + " all others pass it, and is not done with what it has read for a minute"
                        + " and more when it is told to end, ours for five seconds")));
  }

  private static Workload latency() {
    return new Workload(
        "D",
        "Time on the way, at 2,000 messages a second",
        "From the producer's send to the call of the handler, with 2,000 messages a second.",
        TopicShape.USUAL,
        Map.of(
            "work-millis",
            "0",
            "concurrency",
            "256",
            "timed",
            "true",
            "live-per-second",
            "2000",
            "warm-messages",
            "20000",
            "messages",
            "30000",
            "warm-seconds",
            "15",
            "seconds",
            "20"),
        RAW.name(),
        List.of(RAW, VERTX, BY_KEY, BY_PARTITION, UNORDERED));
  }

  private static Workload close() {
    return new Workload(
        "E",
        "The end under load: asynchronous work of 5 ms, 256 at once",
        "From the wish to stop, in the midst of a backlog, until the broker has confirmed the last"
            + " commit, and until everything is closed, the group left and Vert.x ended. The client"
            + " tells of its commits (of ours, the pool's event). Whatever was worked on and not"
            + " committed would come twice; whatever was committed and not worked on would be lost:"
            + " both are named where they were found.",
        TopicShape.USUAL,
        Map.of(
            "work-millis",
            "5",
            "concurrency",
            "256",
            "seconds",
            "3",
            "stop",
            "true",
            "most-messages",
            "2000000"),
        VERTX.name(),
        List.of(VERTX, BY_KEY, BY_PARTITION, UNORDERED, parallelVertx("key")));
  }

  private static Workload processEnd() {
    return new Workload(
        "E-process",
        "The end of a process: idle, and under load as above",
        "`java -jar tailrace.jar run`, from SIGTERM until the process is gone, with the JVM's own end;"
            + " until the last commits were confirmed, and until its drain was over, as its report"
            + " says. Each ended with code 0.",
        TopicShape.USUAL,
        Map.of(
            "process", "true", "concurrency", "256", "seconds", "10", "most-messages", "2000000"),
        "",
        List.of(
            ours("by key, idle", "order", "key", "work-millis", "5", "idle", "true"),
            ours("by key, under load", "order", "key", "work-millis", "5")));
  }

  private static Workload blocking() {
    ContenderPlan sketch =
        ContenderPlan.client(
            "raw, a thread for each message", "SketchContender", "order", "unordered");
    return new Workload(
        "F",
        "Blocking work of 5 ms, 256 at once",
        "Each message sleeps for 5 ms on a thread. Beside it the raw client with a pool of threads,"
            + " without order; on platform threads, and on virtual ones where the JVM has them.",
        TopicShape.USUAL,
        Map.of(
            "work-millis", "5", "concurrency", "256", "seconds", "10", "most-messages", "2000000"),
        sketch.name(),
        List.of(
            sketch,
            ours("by key, on worker threads", "order", "key", "blocking", "true"),
            parallel("key", "256"),
            ContenderPlan.client(
                "raw, a virtual thread for each message",
                "SketchContender",
                "order",
                "unordered",
                "virtual-threads",
                "true"),
            ours(
                "by key, on virtual threads",
                "order",
                "key",
                "blocking",
                "true",
                "virtual-threads",
                "true")));
  }

  private static Stream<Workload> growth() {
    return Stream.of(
        grown("1 partition", "P1", new TopicShape(1, 10_000, 100, 0)),
        grown("64 partitions", "P64", new TopicShape(64, 10_000, 100, 0)),
        grown("10 keys", "K10", new TopicShape(4, 10, 100, 0)),
        grown("1,000,000 keys", "K1M", new TopicShape(4, 1_000_000, 100, 0)),
        grown("10 KB", "S10K", new TopicShape(4, 10_000, 10_000, 0), 1_500_000),
        grown("100 KB", "S100K", new TopicShape(4, 10_000, 100_000, 0), 150_000),
        backlog("100,000 messages that wait", "L100K", "keep", "100000"),
        backlog("10,000,000 messages that wait", "L10M", "there", "10000000"),
        fullBuffers());
  }

  private static Workload grown(String what, String name, TopicShape shape) {
    return grown(what, name, shape, Integer.MAX_VALUE);
  }

  private static Workload grown(String what, String name, TopicShape shape, int most) {
    return new Workload(
        name,
        "As A, with " + what,
        "Beside A: how the costs grow.",
        shape,
        Map.of("work-millis", "0", "concurrency", "256", "most-messages", Integer.toString(most)),
        RAW.name(),
        List.of(RAW, BY_KEY));
  }

  private static Workload backlog(String what, String name, String setting, String messages) {
    return new Workload(
        name,
        "As A, with " + what,
        setting.equals("keep")
            ? "Beside A: as many lie there at the begin, and the producer sends as many as have been"
                + " committed, so that it takes its part of the processors all the time."
            : "Beside A: as many lie there at the begin.",
        TopicShape.USUAL,
        Map.of("work-millis", "0", "concurrency", "256", setting, messages),
        RAW.name(),
        List.of(RAW, BY_KEY));
  }

  private static Workload fullBuffers() {
    return new Workload(
        "Q512",
        "As A, with buffers of 512 messages",
        "Beside A: each poll, of 500 messages, fills the buffer, and the source is told to pause and"
            + " to go on all the time.",
        TopicShape.USUAL,
        Map.of("work-millis", "0", "concurrency", "256", "buffer", "512"),
        RAW.name(),
        List.of(RAW, BY_KEY));
  }

  private static Workload instances() {
    return new Workload(
        "I",
        "One instance and three: asynchronous work of 5 ms, 64 at once",
        "Three processes of one group beside one, on twelve partitions; rates are those of all"
            + " processes together.",
        new TopicShape(12, 10_000, 100, 0),
        Map.of(
            "work-millis", "5", "concurrency", "64", "seconds", "10", "most-messages", "4000000"),
        "tailrace, one instance",
        List.of(
            ours("one instance", "order", "key"),
            ours("three instances", "order", "key", "instances", "3")));
  }
}
