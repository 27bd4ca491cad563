package dev.tailrace.app;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.EffectiveConfig;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.FleetRegistryFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration says of a pool: its pipelines, and how it starts and stops. Immutable; made
 * by {@link #read}, which connects nothing but loads the users' classes, and given to a builder.
 */
public final class ConfiguredPool implements Consumer<PoolBuilder> {
  private final List<Pipeline> pipelines;
  private final DrainConfig drain;
  private final Duration startupDeadline;
  private final List<ConfigError> warnings;
  private final @Nullable FleetRegistryFactory fleet;
  private final boolean obeysFleet;

  private ConfiguredPool(
      List<Pipeline> pipelines,
      DrainConfig drain,
      Duration startupDeadline,
      List<ConfigError> warnings,
      @Nullable FleetRegistryFactory fleet,
      boolean obeysFleet) {
    this.fleet = fleet;
    this.obeysFleet = obeysFleet;
    this.pipelines = List.copyOf(pipelines);
    this.drain = drain;
    this.startupDeadline = startupDeadline;
    this.warnings = List.copyOf(warnings);
  }

  /**
   * Reads a configuration that is valid by {@link PoolSchema}; finds the users' classes and makes
   * each handler once, for the check.
   *
   * @throws ConfigException with every mistake that the schema cannot know
   */
  public static ConfiguredPool read(EffectiveConfig config) throws ConfigException {
    ConfigSection root = config.root();
    List<ConfigError> errors = new ArrayList<>();
    List<ConfigError> warnings = new ArrayList<>();
    Plugins plugins =
        Plugins.in(
            root.texts("plugins").stream().map(Path::of).toList(),
            ConfiguredPool.class.getClassLoader());
    List<PipelineReader> readers = new ArrayList<>();
    for (ConfigSection section : root.sections("pipelines")) {
      readers.add(new PipelineReader(root, section, plugins, errors));
      warnings.addAll(new PipelineAdvice(section).warnings());
    }
    List<PipelineLimits> limits =
        bounded(root.section("pool"), readers.stream().map(PipelineReader::limits).toList());
    List<Pipeline> pipelines = new ArrayList<>();
    for (int i = 0; i < readers.size(); i++) {
      readers.get(i).read(limits.get(i)).ifPresent(pipelines::add);
    }
    new Neighbours(root, pipelines).conflicts(errors, warnings);
    if (!errors.isEmpty()) {
      // Pipelines that share a section with a mistake in it all find the same one.
      throw new ConfigException(errors.stream().distinct().toList());
    }
    return new ConfiguredPool(
        pipelines,
        DrainConfig.read(root.section("drain")),
        root.section("startup").duration("deadline"),
        warnings,
        ConfiguredFleet.registry(root),
        root.section("drain").section("triggers").bool("fleet"));
  }

  /** What is accepted but probably not meant, beyond the warnings of the configuration itself. */
  public List<ConfigError> warnings() {
    return warnings;
  }

  /** In the order in which they are written. */
  public List<Pipeline> pipelines() {
    return pipelines;
  }

  /** How it drains. */
  DrainConfig drain() {
    return drain;
  }

  /** Adds the pipelines, the drain and the start-up deadline. */
  @Override
  public void accept(PoolBuilder builder) {
    pipelines.forEach(builder::add);
    builder.drain(drain).startupDeadline(startupDeadline);
    FleetRegistryFactory registry = fleet;
    if (registry != null) {
      builder.fleet(registry, obeysFleet);
    }
  }

  /** Each pipeline's part of the bounds of the process, where those are tighter than their sum. */
  private static List<PipelineLimits> bounded(ConfigSection pool, List<PipelineLimits> wanted) {
    OptionalInt concurrency = pool.optionalInteger("concurrency");
    OptionalInt messages = pool.section("buffer").optionalInteger("messages");
    OptionalLong bytes = pool.section("buffer").optionalSize("bytes");
    long allConcurrency = wanted.stream().mapToLong(PipelineLimits::concurrency).sum();
    long allMessages = wanted.stream().mapToLong(PipelineLimits::bufferMessages).sum();
    long allBytes = wanted.stream().mapToLong(PipelineLimits::bufferBytes).sum();
    return wanted.stream()
        .map(
            one ->
                new PipelineLimits(
                    (int) part(one.concurrency(), allConcurrency, concurrency.orElse(0)),
                    (int) part(one.bufferMessages(), allMessages, messages.orElse(0)),
                    part(one.bufferBytes(), allBytes, bytes.orElse(0)),
                    one.parked()))
        .toList();
  }

  /** In proportion to what it wants, at least 1; a bound of 0 is none. */
  private static long part(long wanted, long all, long bound) {
    return bound == 0 || bound >= all
        ? wanted
        : Math.max(1, (long) ((double) wanted * bound / all));
  }
}
