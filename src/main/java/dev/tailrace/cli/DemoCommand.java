package dev.tailrace.cli;

import dev.tailrace.app.ConfiguredPool;
import dev.tailrace.app.PoolSchema;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.config.Durations;
import dev.tailrace.config.EffectiveConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code demo}: two pipelines under load, to be watched, and stopped in front of one's eyes. */
@Command(
    name = "demo",
    description = {
      "Runs two pipelines under load: orders from Kafka, payments from a Redis stream.",
      "Ctrl-C drains them; the report and a check of the run follow.",
      "Needs a Kafka broker and a Redis server, and uses topics and streams of its own there.",
      "Without servers, in Tailrace's sources: " + DemoCommand.BRINGS_SERVERS
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  static final String BRINGS_SERVERS = "mvn -q -DskipTests package exec:java@demo";

  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(2);
  private static final int REDIS_PORT = 6379;

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      defaultValue = "localhost:9092",
      description = "The Kafka broker. Default: ${DEFAULT-VALUE}")
  private String kafka = ""; // set by picocli

  @Option(
      names = "--redis",
      paramLabel = "URL",
      defaultValue = "redis://localhost:6379",
      description = "The Redis server. Default: ${DEFAULT-VALUE}")
  private String redis = ""; // set by picocli

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "Drains by itself after this time. Default: at Ctrl-C")
  private @Nullable String length; // set by picocli

  @Mixin private OutputOption output = new OutputOption();
  @Spec private @Nullable CommandSpec spec; // set by picocli

  @Override
  public Integer call() throws ConfigException {
    Duration limit = limit();
    requireServers();
    DemoFiles files = DemoFiles.create();
    files.writeConfig(kafka, redis);
    LogSetup.apply(LogSetup.Format.TEXT, "info", files.log());
    ConfigInputs inputs = new ConfigInputs(List.of(files.config()), Map.of(), List.of());
    Reloads.Reading reading = () -> new ConfigLoader(PoolSchema.schema()).load(inputs);
    EffectiveConfig config = reading.read();
    ConfiguredPool pool = ConfiguredPool.read(config);
    PrintWriter err = Commands.line(spec).getErr();
    LiveScreen screen = LiveScreen.of(err);
    screen.say(
        List.of(
            "Orders come from Kafka: 4 partitions, in order of keys, repeats known by Redis.",
            "Payments come from a Redis stream, in any order. One payload is poison.",
            ""));
    try (DemoProducer producer = DemoProducer.create(files, config.root())) {
      DemoWatch watch = new DemoWatch(screen, files, producer, limit);
      int exitCode =
          new PoolProcess(ProcessSettings.read(config, files.events(), files.report()), watch)
              .run(pool, new PoolProcess.Origin(reading, inputs.files()));
      new DemoEpilogue(files, producer.acknowledged())
          .print(Commands.line(spec).getOut(), output.json());
      return exitCode;
    }
  }

  private @Nullable Duration limit() {
    try {
      return length == null ? null : Durations.parse(length);
    } catch (IllegalArgumentException malformed) {
      throw new ParameterException(
          Commands.line(spec), "--for: " + malformed.getMessage(), malformed);
    }
  }

  /** Says within two seconds that there is nothing, instead of trying for long. */
  private void requireServers() {
    String first = kafka.split(",", 2)[0].trim();
    int colon = first.lastIndexOf(':');
    if (colon < 1 || !first.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw new ParameterException(
          Commands.line(spec), "--kafka: '" + kafka + "' is not like localhost:9092");
    }
    URI url;
    try {
      url = URI.create(redis);
    } catch (IllegalArgumentException malformed) {
      throw noUrl(malformed);
    }
    if (url.getHost() == null) {
      throw noUrl(null);
    }
    connect("Kafka broker", first.substring(0, colon), port(first.substring(colon + 1)));
    connect("Redis server", url.getHost(), url.getPort() < 0 ? REDIS_PORT : url.getPort());
  }

  private ParameterException noUrl(@Nullable Throwable cause) {
    return new ParameterException(
        Commands.line(spec), "--redis: '" + redis + "' is not like redis://localhost:6379", cause);
  }

  private static int port(String text) {
    return Math.min(Integer.parseInt(text), 65_535);
  }

  private static void connect(String what, String host, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), (int) LONGEST_CONNECT.toMillis());
    } catch (IOException absent) {
      throw new CommandException(
          ExitCode.UNREACHABLE,
          "there is no %s at %s:%d (%s)%nThe demo needs one; this brings its own: %s"
              .formatted(what, host, port, absent.getMessage(), BRINGS_SERVERS),
          absent);
    }
  }
}
