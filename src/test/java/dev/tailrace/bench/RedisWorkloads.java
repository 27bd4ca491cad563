package dev.tailrace.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The workloads on Redis. */
final class RedisWorkloads {
  private static final ContenderPlan PAIRS =
      ContenderPlan.client("raw, a pair of SETs", "PairContender", "order", "unordered");
  private static final ContenderPlan STORE =
      ContenderPlan.client("tailrace, its store", "StoreContender", "order", "unordered");
  private static final ContenderPlan PACE =
      ContenderPlan.client(
          "no store: the pace itself", "PaceContender", "order", "unordered", "pace", "40000");
  private static final ContenderPlan RAW_STREAM =
      ContenderPlan.client(
          "vertx-redis-client, overlapped", "RawStreamContender", "order", "unordered");

  private static final ContenderPlan LETTUCE =
      ContenderPlan.peer(
              "Lettuce, a loop", "lettuce", "lettuce.LettuceContender", "order", "unordered")
          .fasterAs(
              "a loop with nothing around it, on a client that makes fewer objects of an entry than"
                  + " vertx-redis-client, which is under ours");
  private static final ContenderPlan SPRING =
      ContenderPlan.peer(
          "Spring Data Redis, each entry acknowledged by itself",
          "spring-redis",
          "springredis.SpringRedisContender",
          "order",
          "unordered");

  private RedisWorkloads() {}

  /** In the order of the page. */
  static Stream<Workload> all() {
    return Stream.of(store(), clusteredStore(), halfLoad(), streams(), asynchronousStreams());
  }

  private static Workload store() {
    return new Workload(
        "G",
        "A key claimed and marked for each message, in Redis",
        "Made-up messages of 100 bytes, 256 at once, with nothing to do between claim and mark; one"
            + " connection. Beside it vertx-redis-client with two SETs for each message, pipelined."
            + " Ours hashes the payload, too.",
        TopicShape.USUAL,
        store("messages", "100000000"),
        PAIRS.name(),
        List.of(PAIRS, STORE));
  }

  private static Workload clusteredStore() {
    return new Workload(
        "G-cluster",
        "The same on a Redis Cluster",
        "Three primaries with a replica each, all six on the same processors.",
        TopicShape.USUAL,
        store("on", "cluster", "messages", "100000000"),
        PAIRS.name(),
        List.of(PAIRS, STORE));
  }

  private static Workload halfLoad() {
    return new Workload(
        "G-half",
        "The same at half of the rate that each can do",
        "How long a message waits for its claim and its mark, both together, from when it is due: a"
            + " message every 25 microseconds, say, which a timer that fires each millisecond makes,"
            + " so that some wait for it, too. As many keys expire as are made. Redis removes them"
            + " with `hz 500`, in small steps.",
        TopicShape.USUAL,
        store(
            "messages",
            "100000000",
            "warm-messages",
            "100000",
            "retention-millis",
            "10000",
            "hz",
            "500",
            "unchecked-seconds",
            "35",
            "warm-seconds",
            "45",
            "pace",
            "half",
            "timed",
            "true"),
        PAIRS.name(),
        List.of(PAIRS, STORE, PACE));
  }

  private static Map<String, String> store(String... more) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.putAll(
        Map.of(
            "on", "store",
            "concurrency", "256",
            "work-millis", "0",
            "lease-millis", "9000",
            "retention-millis", "20000",
            "warm-seconds", "15",
            "warm-most", "100000000"));
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return settings;
  }

  private static Workload streams() {
    return new Workload(
        "R",
        "Redis Streams: nothing to do, each acknowledged by itself",
        "One stream of 100 bytes for each entry, 10,000 keys.",
        new TopicShape(1, 10_000, 100, 0),
        Map.of(
            "on", "stream", "work-millis", "0", "concurrency", "256", "most-messages", "2000000"),
        RAW_STREAM.name(),
        List.of(RAW_STREAM, Workloads.UNORDERED, Workloads.BY_KEY, LETTUCE, SPRING));
  }

  private static Workload asynchronousStreams() {
    return new Workload(
        "R256",
        "Redis Streams: asynchronous work of 5 ms, 256 at once",
        "A timer of 5 ms for each entry, at most 256 at once.",
        new TopicShape(1, 10_000, 100, 0),
        Map.of(
            "on",
            "stream",
            "work-millis",
            "5",
            "concurrency",
            "256",
            "seconds",
            "10",
            "most-messages",
            "2000000"),
        RAW_STREAM.name(),
        List.of(RAW_STREAM, Workloads.UNORDERED, Workloads.BY_KEY, LETTUCE));
  }
}
