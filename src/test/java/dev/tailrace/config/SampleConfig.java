package dev.tailrace.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A schema with small fragments in the places of the real ones, and a way to load text with it. */
final class SampleConfig {

  /** A configuration that is valid as it stands; other texts are made from it. */
  static final String MINIMAL =
      """
      name: orders-worker
      pipelines:
        - name: orders
          source:
            kafka:
              topics: [orders]
              group: orders
              start: earliest
          handler: {log: {}}
      """;

  private final List<Path> files = new ArrayList<>();
  private final Map<String, String> environment = new TreeMap<>();
  private final List<String> assignments = new ArrayList<>();
  private final Path folder;

  SampleConfig(Path folder) {
    this.folder = folder;
  }

  SampleConfig file(String name, String yaml) {
    try {
      files.add(Files.writeString(folder.resolve(name), yaml));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  SampleConfig path(Path path) {
    files.add(path);
    return this;
  }

  SampleConfig environment(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  SampleConfig set(String assignment) {
    assignments.add(assignment);
    return this;
  }

  EffectiveConfig load() throws ConfigException {
    return new ConfigLoader(schema()).load(new ConfigInputs(files, environment, assignments));
  }

  /** What the user would see: one line per mistake, the folder cut off; empty where it loads. */
  List<String> mistakes() {
    try {
      load();
      return List.of();
    } catch (ConfigException e) {
      return e.errors().stream().map(error -> error.toString().replace(folder + "/", "")).toList();
    }
  }

  static ConfigSchema schema() {
    return ConfigSchema.builder()
        .section(new Fragment("kafka", kafkaClient()))
        .section(new Fragment("redis", redisClient()))
        .extension(ExtensionPoint.SOURCE, new Fragment("kafka", kafkaSource()))
        .extension(ExtensionPoint.SOURCE, new Fragment("redis", redisSource()))
        .extension(ExtensionPoint.HANDLER, Fragment.of("log"))
        .extension(ExtensionPoint.HANDLER, new Fragment("java", javaHandler()))
        .extension(ExtensionPoint.STORE, Fragment.of("memory"))
        .extension(ExtensionPoint.STORE, Fragment.of("redis"))
        .extension(ExtensionPoint.DEAD_LETTER, Fragment.single("kafka", "topic", "Where to"))
        .extension(ExtensionPoint.DEAD_LETTER, Fragment.single("redis", "stream", "Where to"))
        .build();
  }

  private static ObjectSchema kafkaClient() {
    return ObjectSchema.builder()
        .text("bootstrap.servers", "localhost:9092", "Where the brokers are")
        .nativeKeys(
            List.of(
                "client.id",
                "max.poll.records",
                "sasl.jaas.config",
                "security.protocol",
                "ssl.truststore.password"))
        .build();
  }

  private static ObjectSchema redisClient() {
    return ObjectSchema.builder()
        .text("url", "redis://localhost:6379", "Where the server is")
        .text("password", null, "The password")
        .secret("password")
        .duration("timeout", Duration.ofSeconds(2), "How long a command may take")
        .build();
  }

  private static ObjectSchema kafkaSource() {
    return ObjectSchema.builder()
        .texts("topics", "The topics")
        .text("pattern", null, "A regular expression for topics")
        .exactlyOne("topics", "pattern")
        .text("group", null, "The consumer group")
        .textMatching(
            "start",
            null,
            "earliest|latest|none|timestamp:.+",
            "earliest, latest, none or timestamp:ISO-8601",
            "Where a new group begins")
        .required("group", "start")
        .example("start", "earliest")
        .integer("consumers", 1, 1, 1_000, "Members in this process")
        .choice("protocol", "classic", List.of("classic"), "The group protocol")
        .choiceNotYet("protocol", "consumer")
        .build();
  }

  private static ObjectSchema redisSource() {
    return ObjectSchema.builder()
        .texts("streams", "The streams")
        .required("streams")
        .notYet("shards", "Not yet: streams in shards")
        .build();
  }

  private static ObjectSchema javaHandler() {
    return ObjectSchema.builder()
        .text("class", null, "The class")
        .required("class")
        .map("config", "What it is given")
        .build();
  }
}
