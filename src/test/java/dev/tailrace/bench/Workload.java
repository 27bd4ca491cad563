package dev.tailrace.bench;

import java.util.List;
import java.util.Map;

/**
 * One kind of work, and who is measured at it.
 *
 * @param name as options name it, {@code A}
 * @param title as the page shows it
 * @param text what is measured, in words
 * @param settings of all its contenders
 * @param baseline name of the contender to which the ratios are
 * @param contenders in the order of the page
 */
record Workload(
    String name,
    String title,
    String text,
    Map<String, String> settings,
    String baseline,
    List<ContenderPlan> contenders) {

  /** All that there are. */
  static List<Workload> all() {
    return List.of(noOp(), asynchronous("B256", 256), asynchronous("B1000", 1_000), latency());
  }

  private static final List<ContenderPlan> POOLS =
      List.of(
          ContenderPlan.client("tailrace, by key", "TailraceContender", "order", "key"),
          ContenderPlan.client("tailrace, by partition", "TailraceContender", "order", "partition"),
          ContenderPlan.client("tailrace, unordered", "TailraceContender", "order", "unordered"));

  private static final ContenderPlan RAW =
      ContenderPlan.client("raw poll loop", "RawContender", "order", "partition");
  private static final ContenderPlan SKETCH =
      ContenderPlan.client("raw, keyed sketch", "SketchContender", "order", "key");
  private static final ContenderPlan VERTX =
      ContenderPlan.client(
          "vertx-kafka-client, auto-commit", "VertxContender", "order", "partition");

  private static ContenderPlan parallel(String order, String... settings) {
    String[] all = new String[settings.length + 2];
    all[0] = "order";
    all[1] = order;
    System.arraycopy(settings, 0, all, 2, settings.length);
    return ContenderPlan.peer(
        "Parallel Consumer, " + (order.equals("key") ? "by key" : order),
        "parallel-consumer",
        "parallel.ParallelConsumerContender",
        all);
  }

  private static Workload noOp() {
    return new Workload(
        "A",
        "Nothing to do: 100 bytes, each acknowledged by itself",
        "What the way of a message costs, where its handler does nothing and completes at once."
            + " Four partitions, 10,000 keys.",
        Map.of("work-millis", "0", "concurrency", "256"),
        RAW.name(),
        List.of(
            RAW,
            VERTX,
            POOLS.get(0),
            POOLS.get(1),
            POOLS.get(2),
            ContenderPlan.client(
                "tailrace, by key, with meters",
                "TailraceContender",
                "order",
                "key",
                "meters",
                "true"),
            SKETCH,
            parallel("key", "concurrency", "16"),
            parallel("unordered", "concurrency", "16")));
  }

  private static Workload asynchronous(String name, int concurrency) {
    return new Workload(
        name,
        "Asynchronous work of 5 ms, " + concurrency + " at once",
        "A timer of 5 ms for each message, at most " + concurrency + " at once.",
        Map.of("work-millis", "5", "concurrency", Integer.toString(concurrency), "seconds", "10"),
        VERTX.name(),
        List.of(VERTX, POOLS.get(0), POOLS.get(1), POOLS.get(2)));
  }

  private static Workload latency() {
    return new Workload(
        "D",
        "Time on the way, at 2,000 messages a second",
        "From the producer's send to the call of the handler, with 2,000 messages a second.",
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
        List.of(RAW, VERTX, POOLS.get(0), POOLS.get(1), POOLS.get(2)));
  }
}
