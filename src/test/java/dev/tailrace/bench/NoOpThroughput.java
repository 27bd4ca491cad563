package dev.tailrace.bench;

import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * No-op messages of 100 bytes, each acknowledged: a raw poll loop and the pool, alternating, each
 * in a JVM of its own, three rounds on one broker; prints medians and their ratios to the raw loop.
 */
public final class NoOpThroughput {
  private static final int ROUNDS = 3;
  private static final int KEYS = 10_000;
  private static final List<String> CONTENDERS = List.of("raw", "key", "partition", "unordered");

  private NoOpThroughput() {}

  /** Argument: messages, 2,000,000 where not given. */
  public static void main(String[] args) throws Exception {
    int messages = args.length > 0 ? Integer.parseInt(args[0]) : 2_000_000;
    KafkaBroker broker = SharedServers.get().kafka();
    String topic = Servers.uniqueName("bench");
    Servers.createTopic(broker, topic, 4, Map.of());
    fill(broker, topic, messages);
    Map<String, List<double[]>> results = new LinkedHashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (String contender : CONTENDERS) {
        double[] result = run(contender, broker.bootstrap(), topic, messages);
        results.computeIfAbsent(contender, any -> new ArrayList<>()).add(result);
      }
    }
    print(results);
    System.exit(0);
  }

  private static void fill(KafkaBroker broker, String topic, int messages) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", broker.bootstrap(), "linger.ms", 20, "batch.size", 262_144);
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      byte[] body = new byte[100];
      for (int i = 0; i < messages; i++) {
        byte[] key = ("k" + i % KEYS).getBytes(StandardCharsets.UTF_8);
        var unused = producer.send(new ProducerRecord<>(topic, key, body));
      }
    }
  }

  private static double[] run(String contender, String bootstrap, String topic, int messages)
      throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                NoOpContender.class.getName(),
                contender,
                bootstrap,
                topic,
                Servers.uniqueName("bench"),
                Integer.toString(messages))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line =
          out.lines().filter(each -> each.startsWith(contender + " ")).findFirst().orElseThrow();
      System.out.println(line);
      String[] fields = line.split(" ", 3);
      return new double[] {Double.parseDouble(fields[1]), Double.parseDouble(fields[2])};
    } finally {
      process.waitFor();
    }
  }

  private static void print(Map<String, List<double[]>> results) {
    double[] raw = medians(results.getOrDefault("raw", List.of()));
    results.forEach(
        (name, rounds) -> {
          double[] median = medians(rounds);
          System.out.printf(
              Locale.ROOT,
              "%-10s %9.0f/s  %6.3f µs CPU each   rate %.2f   CPU %.2f of raw%n",
              name,
              median[0],
              median[1],
              median[0] / raw[0],
              median[1] / raw[1]);
        });
  }

  private static double[] medians(List<double[]> rounds) {
    double[] medians = new double[2];
    for (int i = 0; i < medians.length; i++) {
      int column = i;
      medians[i] =
          rounds.stream()
              .mapToDouble(round -> round[column])
              .sorted()
              .skip(rounds.size() / 2)
              .findFirst()
              .orElse(0);
    }
    return medians;
  }
}
