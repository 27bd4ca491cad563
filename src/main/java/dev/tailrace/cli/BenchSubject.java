package dev.tailrace.cli;

import dev.tailrace.app.ConfiguredPool;
import dev.tailrace.app.Pipeline;
import dev.tailrace.app.PoolSchema;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.EffectiveConfig;
import dev.tailrace.sink.SinkFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * What {@code bench} measures.
 *
 * @param name of the pipeline
 * @param order which of its messages run one after the other, as it is written
 * @param pipeline whose settings it has
 * @param topic where the messages of this run lie
 */
record BenchSubject(String name, String order, Pipeline pipeline, SinkFactory topic) {
  /** Where it is said: a pipeline of a configuration, or a server and the defaults. */
  static final class Options {
    @Mixin private ConfigOptions config = new ConfigOptions();

    @Option(
        names = "--pipeline",
        paramLabel = "NAME",
        description = "Of the configuration. Default: the first")
    private @Nullable String pipeline; // set by picocli

    @Option(
        names = "--kafka",
        paramLabel = "HOST:PORT",
        description = "A Kafka broker, without a configuration")
    private @Nullable String kafka; // set by picocli

    @Option(
        names = "--redis",
        paramLabel = "URL",
        description = "A Redis server, without a configuration")
    private @Nullable String redis; // set by picocli

    private EffectiveConfig load(CommandLine line) throws ConfigException {
      if (kafka == null && redis == null) {
        return config.loadOr("--kafka HOST:PORT or --redis URL measures without one");
      }
      if (config.hasFiles() || (kafka != null && redis != null)) {
        throw new ParameterException(line, "give one of --config, --kafka and --redis");
      }
      return config.load(written(kafka != null ? ofKafka(kafka) : ofRedis(redis)));
    }

    private static String ofKafka(@Nullable String broker) {
      return """
          name: tailrace-bench
          kafka: {bootstrap.servers: "%s"}
          pipelines:
            - name: bench
              source: {kafka: {topics: [bench], group: bench, start: earliest}}
              handler: {log: {}}
          """
          .formatted(broker);
    }

    private static String ofRedis(@Nullable String server) {
      return """
          name: tailrace-bench
          redis: {url: "%s"}
          pipelines:
            - name: bench
              source: {redis: {streams: [bench], group: bench, start: earliest}}
              order: unordered
              handler: {log: {}}
          """
          .formatted(server);
    }

    private static Path written(String config) {
      try {
        Path file = Files.createTempFile("tailrace-bench-", ".yaml");
        file.toFile().deleteOnExit();
        return Files.writeString(file, config);
      } catch (IOException failure) {
        throw new CommandException(
            ExitCode.FAILURE, "cannot write a temporary file: " + failure, failure);
      }
    }
  }

  /** Reads the configuration; connects nothing. */
  static BenchSubject read(CommandLine line, Options options) throws ConfigException {
    EffectiveConfig config = options.load(line);
    List<ConfigSection> sections = config.root().sections("pipelines");
    List<String> names = sections.stream().map(section -> section.text("name")).toList();
    String name = options.pipeline == null ? names.get(0) : options.pipeline;
    int index = names.indexOf(name);
    if (index < 0) {
      throw new ParameterException(line, Phrases.unknownPipeline(name, names));
    }
    ConfigSection section = sections.get(index);
    String type = section.oneOf("source").type();
    SinkFactory topic = PoolSchema.sink(type, RandomName.of("tailrace-bench-"), config.root());
    Pipeline pipeline = ConfiguredPool.read(config).pipelines().get(index);
    return new BenchSubject(name, section.choice("order"), pipeline, topic);
  }
}
