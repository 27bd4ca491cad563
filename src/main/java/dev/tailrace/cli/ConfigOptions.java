package dev.tailrace.cli;

import dev.tailrace.app.PoolSchema;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.config.EffectiveConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Where the configuration comes from. */
final class ConfigOptions {
  private static final Path DEFAULT = Path.of("tailrace.yaml");

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      arity = "1..*",
      description = "A configuration file; later ones win. Default: tailrace.yaml")
  private List<Path> files = new ArrayList<>(); // set by picocli

  @Option(
      names = "--set",
      paramLabel = "a.b=c",
      description = "Sets one key, above files and environment")
  private List<String> assignments = new ArrayList<>(); // set by picocli

  @Option(
      names = "--plugins",
      paramLabel = "PATH",
      arity = "1..*",
      description = "A folder with users' jars; instead of the key plugins")
  private List<Path> plugins = new ArrayList<>(); // set by picocli

  /** Whether a file was named. */
  boolean hasFiles() {
    return !files.isEmpty();
  }

  /** As {@link #load()}, with this file in place of those that were not named. */
  EffectiveConfig load(Path otherwise) throws ConfigException {
    return files.isEmpty() ? load(List.of(otherwise)) : load();
  }

  /** The files that are read. */
  List<Path> files() {
    return files.isEmpty() ? List.of(DEFAULT) : List.copyOf(files);
  }

  /** Reads files, environment and arguments; may be called again. */
  EffectiveConfig load() throws ConfigException {
    return loadOr("'tailrace init' writes one that runs");
  }

  /**
   * As {@link #load()}.
   *
   * @param instead what to do where there is no file, beside naming one
   */
  EffectiveConfig loadOr(String instead) throws ConfigException {
    if (files.isEmpty() && !Files.exists(DEFAULT)) {
      throw new CommandException(
          ExitCode.INVALID_CONFIGURATION,
          "there is no " + DEFAULT + " here; " + instead + ", -c names another file");
    }
    return load(files());
  }

  private EffectiveConfig load(List<Path> read) throws ConfigException {
    List<String> set = new ArrayList<>(assignments);
    if (!plugins.isEmpty()) {
      set.add("plugins=" + plugins.stream().map(Path::toString).collect(Collectors.joining(",")));
    }
    return new ConfigLoader(PoolSchema.schema()).load(new ConfigInputs(read, System.getenv(), set));
  }
}
