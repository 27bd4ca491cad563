package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.cli.JarProcess;
import dev.tailrace.cli.Main;
import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A pipeline whose messages die, and the commands of {@code dlq} beside it, on real brokers. Each
 * test has topics or streams of its own.
 */
abstract class DeadLetterScene {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");

  final Servers servers = SharedServers.get();
  final Vertx vertx = Vertx.vertx();
  final String name = Servers.uniqueName("mortal");
  final MortalHandler.Ward ward = new MortalHandler.Ward();

  @TempDir Path folder;

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
    MortalHandler.WARDS.remove(name);
  }

  static boolean ended(JarProcess process) {
    return !process.process().isAlive();
  }

  JarProcess start(List<String> arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("dlq"));
    all.addAll(arguments);
    all.addAll(List.of("-o", "json"));
    return JarProcess.start(folder, all.toArray(String[]::new));
  }

  /**
   * The one result of a command that succeeds. A replay, which takes the signals of its process,
   * has a process of its own; the others run in this one.
   */
  JsonObject result(List<String> arguments, String list) throws Exception {
    String out;
    if (arguments.get(0).equals("replay")) {
      try (JarProcess command = start(arguments)) {
        assertThat(command.exitCode()).as(command.out() + command.err()).isZero();
        assertThat(command.err()).isEmpty();
        out = command.out();
      }
    } else {
      out = inThisProcess(arguments);
    }
    List<JsonObject> results = objects(new JsonObject(out).getJsonArray(list));
    assertThat(results).as(out).hasSize(1);
    return results.get(0);
  }

  String inThisProcess(List<String> arguments) {
    return inThisProcess(arguments, "json");
  }

  String inThisProcess(List<String> arguments, String form) {
    List<String> all = new ArrayList<>(List.of("dlq"));
    all.addAll(arguments);
    all.addAll(List.of("-o", form, "-c", folder.resolve("tailrace.yaml").toString()));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Main.run(
            all.toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
    assertThat(exitCode).as(out.toString() + err).isZero();
    assertThat(err.toString()).isEmpty();
    return out.toString();
  }

  static List<JsonObject> objects(JsonArray array) {
    return IntStream.range(0, array.size()).mapToObj(array::getJsonObject).toList();
  }

  /** Writes messages, and has a pool run until all of them are dead and done with. */
  void die(String broker, int partitions, int count) throws Exception {
    MortalHandler.WARDS.put(name, ward);
    configure(broker, name, broker, name + ".dlq");
    if (broker.equals("kafka")) {
      servers.createTopic(name, partitions);
      servers.createTopic(name + ".dlq", 1);
    }
    produce(broker, count);
    dies(count);
  }

  void produce(String broker, int count) throws Exception {
    if (broker.equals("kafka")) {
      produce(0, count);
    } else {
      new StreamProbe(vertx, servers.redis().url()).produce(name, 0, count);
    }
  }

  /** Writes messages to Kafka, each with a key of its own. */
  void produce(int from, int count) throws Exception {
    new KafkaProbe(servers.kafka()).produce(name, from, count, from + count);
  }

  void dies(int count) throws Exception {
    Tailrace pool = Results.result(pool().start());
    await().atMost(PATIENCE).until(() -> ward.deaths.get() == count);
    assertThat(Results.result(pool.drain(SIGTERM)).exitCode()).isZero();
  }

  void configure(String broker, String source, String by, String letters) throws Exception {
    String from =
        broker.equals("kafka")
            ? "{kafka: {topics: [%1$s], group: %1$s, start: earliest}}"
            : "{redis: {streams: [%1$s], group: %1$s, start: earliest}}";
    Files.writeString(
        folder.resolve("tailrace.yaml"),
        """
        name: %s
        instance: a
        kafka: {bootstrap.servers: "%s"}
        redis: {url: "%s"}
        pipelines:
          - name: mortal
            source: %s
            order: unordered
            handler: {java: {class: %s, config: {ward: %s}}}
            idempotency: {store: redis, key: "header:idempotency-key"}
            dead-letter: {%s: %s}
        """
            .formatted(
                name,
                servers.kafka().bootstrap(),
                servers.redis().url(),
                from.formatted(source),
                MortalHandler.class.getName(),
                name,
                by,
                letters));
  }

  Tailrace pool() throws Exception {
    var inputs = new ConfigInputs(List.of(folder.resolve("tailrace.yaml")), Map.of(), List.of());
    PoolBuilder builder = Tailrace.builder(vertx).identity(PoolIdentity.of(name, "a"));
    ConfiguredPool.read(new ConfigLoader(PoolSchema.schema()).load(inputs)).accept(builder);
    return builder.build();
  }
}
