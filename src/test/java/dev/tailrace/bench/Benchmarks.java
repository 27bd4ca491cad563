package dev.tailrace.bench;

import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.RedisCluster;
import dev.tailrace.local.RedisServer;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;

/**
 * Runs workloads on one broker, or one Redis: fills a topic or a stream, and lets each contender
 * read it in a JVM of its own, one after the other, round by round, so that what the machine does
 * besides falls on all alike. Medians and their ratios go to the page and the results beside it.
 *
 * <p>System properties: {@code bench.workload} and {@code bench.contender}, expressions that names
 * match; {@code bench.rounds}; {@code bench.messages}, in the topic; {@code bench.newer-java}, the
 * home of a JVM with virtual threads; {@code bench.write}, false where the page stays as it is.
 */
public final class Benchmarks {
  private static final String STREAM = "bench";
  private static final String USUALLY = "8000000"; // messages
  private static final String USUAL_HZ = "10";

  private final int rounds = Integer.getInteger("bench.rounds", 3);
  private final int messages = Integer.getInteger("bench.messages", 0);

  private Benchmarks() {}

  private static KafkaBroker broker() {
    return SharedServers.get().kafka();
  }

  /** Runs those that were asked for. */
  public static void main(String[] arguments) throws Exception {
    Pattern workloads = Pattern.compile(System.getProperty("bench.workload", ".*"));
    BenchResults results = BenchResults.read();
    Benchmarks benchmarks = new Benchmarks();
    for (Workload workload : Workload.all()) {
      if (workloads.matcher(workload.name()).matches()) {
        results.put(workload, benchmarks.run(workload));
      }
    }
    if (Boolean.parseBoolean(System.getProperty("bench.write", "true"))) {
      results.write();
    }
    System.exit(0); // clients of the servers may have left threads
  }

  private Map<String, List<Measured>> run(Workload workload) throws Exception {
    if (workload.on().equals("kafka")) {
      if (workload.settings().containsKey("live-per-second")
          || workload.settings().containsKey("keep")) {
        return rounds(workload, contender -> runLive(workload, contender));
      }
      String filled = filled(workload);
      return rounds(
          workload, contender -> run(workload, contender, filled, Servers.uniqueName("bench")));
    }
    if (workload.on().equals("cluster")) {
      try (RedisCluster cluster = RedisCluster.start()) {
        return rounds(workload, contender -> run(workload, contender, cluster));
      }
    }
    try (RedisServer redis = SharedServers.get().newRedis();
        StreamLoad load = streamLoad(redis, workload)) {
      if (workload.on().equals("stream")) {
        load.fill(messages(workload));
      }
      return rounds(workload, contender -> run(workload, contender, redis, load));
    }
  }

  private static StreamLoad streamLoad(RedisServer redis, Workload workload) {
    String hz = workload.settings().getOrDefault("hz", USUAL_HZ);
    return new StreamLoad(redis, STREAM, workload.shape(), hz);
  }

  /** One round of a contender. */
  private interface Round {
    Measured run(ContenderPlan contender) throws Exception;
  }

  private Map<String, List<Measured>> rounds(Workload workload, Round one) throws Exception {
    Pattern names = Pattern.compile(System.getProperty("bench.contender", ".*"));
    List<ContenderPlan> contenders =
        workload.contenders().stream().filter(each -> names.matcher(each.name()).find()).toList();
    Map<String, List<Measured>> results = new LinkedHashMap<>();
    for (int round = 1; round <= rounds; round++) {
      for (ContenderPlan contender : contenders) {
        if (ContenderProcess.home(contender) == null) {
          System.out.println(contender.name() + ": needs -Dbench.newer-java=HOME, and is left out");
          continue;
        }
        Measured measured = one.run(contender);
        say(workload, contender, round, measured);
        results.computeIfAbsent(contender.name(), first -> new ArrayList<>()).add(measured);
      }
    }
    return results;
  }

  private String filled(Workload workload) {
    String topic = emptyTopic(workload);
    try (TopicLoad load = new TopicLoad(broker(), topic, workload.shape())) {
      load.fill(messages(workload));
    }
    return topic;
  }

  private static String emptyTopic(Workload workload) {
    String topic = Servers.uniqueName("bench");
    Servers.createTopic(broker(), topic, workload.shape().partitions(), Map.of());
    return topic;
  }

  /** As many as were asked for, or fewer where they are large or take their time. */
  private int messages(Workload workload) {
    Map<String, String> settings = workload.settings();
    int usual = Integer.parseInt(settings.getOrDefault("there", USUALLY));
    int there = messages == 0 ? usual : messages;
    String most = settings.get("most-messages");
    return most == null ? there : Math.min(there, Integer.parseInt(most));
  }

  private Measured runLive(Workload workload, ContenderPlan contender) throws Exception {
    String topic = emptyTopic(workload);
    String group = Servers.uniqueName("bench");
    int perSecond = Integer.parseInt(workload.settings().getOrDefault("live-per-second", "0"));
    int kept = Integer.parseInt(workload.settings().getOrDefault("keep", "0"));
    try (Admin admin = admin();
        TopicLoad load = new TopicLoad(broker(), topic, workload.shape())) {
      load.fill(kept);
      Thread sender =
          new Thread(
              () -> {
                if (kept == 0) {
                  load.pace(perSecond);
                } else {
                  load.keep(kept, () -> committed(admin, group));
                }
              },
              "load");
      sender.start();
      try {
        return run(workload, contender, topic, group);
      } finally {
        sender.interrupt();
        sender.join();
      }
    }
  }

  private Measured run(Workload workload, ContenderPlan contender, String topic, String group)
      throws Exception {
    Map<String, String> settings = settings(workload, contender, group);
    settings.put("bootstrap", broker().bootstrap());
    settings.put("topic", topic);
    if (workload.shows("process")) {
      if (contender.isIdle()) {
        settings.put("topic", emptyTopic(workload));
      }
      return ProcessEnd.measure(contender, settings);
    }
    List<JsonObject> results = ContenderProcess.run(contender, settings, contender.instances());
    Measured measured = Measured.together(results, committed(group));
    judge(contender, measured);
    return measured;
  }

  private Measured run(
      Workload workload, ContenderPlan contender, RedisServer redis, StreamLoad load)
      throws Exception {
    String group = Servers.uniqueName("bench");
    Map<String, String> settings = settings(workload, contender, group);
    settings.put("redis", redis.url());
    settings.put("stream", STREAM);
    if (!workload.on().equals("stream")) {
      load.empty();
      return runStore(contender, settings);
    }
    List<JsonObject> results = ContenderProcess.run(contender, settings, 1);
    Measured measured = Measured.together(results, load.acknowledged(group));
    judge(contender, measured);
    return measured;
  }

  private Measured run(Workload workload, ContenderPlan contender, RedisCluster cluster)
      throws Exception {
    Map<String, String> settings = settings(workload, contender, Servers.uniqueName("bench"));
    settings.put("redis", String.join(",", cluster.urls()));
    cluster.flush();
    return runStore(contender, settings);
  }

  /** Its messages are made up, so that there are no positions. */
  private static Measured runStore(ContenderPlan contender, Map<String, String> settings)
      throws Exception {
    List<JsonObject> results = ContenderProcess.run(contender, settings, 1);
    Measured alone = Measured.together(results, 0);
    Measured measured = Measured.together(results, alone.handled());
    judge(contender, measured);
    return measured;
  }

  private Map<String, String> settings(Workload workload, ContenderPlan contender, String group) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("group", group);
    int there = messages(workload);
    settings.put("warm-messages", Integer.toString(there / 10));
    settings.put("warm-most", Integer.toString(there / 10 * 6));
    settings.put("warm-seconds", "45");
    settings.put("messages", Integer.toString(there / 10 * 3));
    settings.put("seconds", "10");
    settings.putAll(workload.settings());
    settings.putAll(contender.settings());
    return settings;
  }

  /**
   * Ours has no excuse; what others leave behind stands on the page. Of several instances one takes
   * over what another has begun to read, and cannot tell whether it comes in its order.
   */
  private static void judge(ContenderPlan contender, Measured measured) {
    if (contender.instances() > 1) {
      return;
    }
    boolean ours = contender.name().startsWith("tailrace");
    boolean faulty = measured.unended() > 0 || measured.wrong() > 0;
    if (ours && (faulty || measured.committed() != measured.handled())) {
      throw new IllegalStateException(contender.name() + ": " + measured);
    }
  }

  private static long committed(String group) throws Exception {
    try (Admin admin = admin()) {
      return committed(admin, group);
    }
  }

  private static Admin admin() {
    return Admin.create(broker().administrator());
  }

  private static long committed(Admin admin, String group) throws Exception {
    return admin
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .get(10, TimeUnit.SECONDS)
        .values()
        .stream()
        .mapToLong(position -> position == null ? 0 : position.offset())
        .sum();
  }

  private static void say(
      Workload workload, ContenderPlan contender, int round, Measured measured) {
    System.out.printf(
        Locale.ROOT,
        "%s %d %-34s %9.0f/s %7.3f µs CPU (%.3f Java) %6.0f B, compiled %d ms, committed %+d,"
            + " last commit %.0f ms, closed %.0f ms %s%n",
        workload.name(),
        round,
        contender.name(),
        measured.perSecond(),
        measured.cpuMicros(),
        measured.threadMicros(),
        measured.allocated(),
        measured.compileMillis(),
        measured.committed() - measured.handled(),
        measured.commitMillis(),
        measured.stopMillis(),
        measured.p99Micros() > 0
            ? String.format(
                Locale.ROOT, "p50 %.0f µs p99 %.0f µs", measured.p50Micros(), measured.p99Micros())
            : "");
  }
}
