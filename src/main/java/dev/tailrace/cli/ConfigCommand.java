package dev.tailrace.cli;

import dev.tailrace.app.PoolSchema;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.EffectiveConfig;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code config}: what applies, and what may be said. */
@Command(
    name = "config",
    description = "Shows the configuration that applies, or the schema of all.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ConfigCommand.Show.class, ConfigCommand.Schema.class},
    mixinStandardHelpOptions = true)
final class ConfigCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec; // set by picocli

  @Override
  public void run() {
    throw new ParameterException(Commands.line(spec), "Missing command: show or schema");
  }

  /** {@code config show}. */
  @Command(
      name = "show",
      description = "Shows all that applies, defaults included and secrets masked.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin private ConfigOptions options = new ConfigOptions();
    @Mixin private OutputOption output = new OutputOption();

    @Option(names = "--origin", description = "Says of each value where it comes from")
    private boolean origin; // set by picocli

    @Spec private @Nullable CommandSpec spec; // set by picocli

    @Override
    public Integer call() throws ConfigException {
      EffectiveConfig config = options.load();
      var out = Commands.line(spec).getOut();
      if (output.json()) {
        JsonObject json =
            new JsonObject()
                .put("sha256", config.sha256())
                .put("config", new JsonObject(config.json()));
        if (origin) {
          json.put("origins", new JsonObject(config.origins()));
        }
        out.println(json.encode());
      } else {
        out.print(origin ? config.yamlWithOrigins() : config.yaml());
        out.flush();
      }
      return ExitCode.OK;
    }
  }

  /** {@code config schema}. */
  @Command(
      name = "schema",
      description = "Prints the JSON Schema of the configuration, for editors.",
      mixinStandardHelpOptions = true)
  static final class Schema implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec; // set by picocli

    @Override
    public Integer call() {
      Commands.line(spec).getOut().println(PoolSchema.schema().json());
      return ExitCode.OK;
    }
  }
}
