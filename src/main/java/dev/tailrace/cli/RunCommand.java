package dev.tailrace.cli;

import dev.tailrace.app.ConfiguredPool;
import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.EffectiveConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code run}: the pool, until a signal or an order ends it. */
@Command(
    name = "run",
    description = {
      "Runs the pool until SIGTERM, Ctrl-C or 'tailrace drain' ends it.",
      "A second signal forces the end, a third halts."
    },
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  @Mixin private ConfigOptions config = new ConfigOptions();

  @Option(
      names = "--events",
      paramLabel = "FILE",
      description = "Appends every event to this file; instead of the key events.file")
  private @Nullable Path events; // set by picocli

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Writes the drain report to this file; instead of the key report.file")
  private @Nullable Path report; // set by picocli

  @Override
  public Integer call() throws ConfigException {
    Deaths.arm(System.getProperty(Deaths.PROPERTY), Deaths::sigkill);
    EffectiveConfig effective = config.load();
    ConfigSection logs = effective.root().section("telemetry").section("logs");
    LogSetup.apply(logs.choice("format", LogSetup.Format.class), logs.text("level"), null);
    ConfiguredPool pool = ConfiguredPool.read(effective);
    List<ConfigError> warnings = new ArrayList<>(effective.warnings());
    warnings.addAll(pool.warnings());
    warnings.forEach(warning -> LoggerFactory.getLogger(RunCommand.class).warn("{}", warning));
    return new PoolProcess(ProcessSettings.read(effective, events, report), new LogWatch())
        .run(pool, new PoolProcess.Origin(config::load, config.files()));
  }
}
