package dev.tailrace.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fleet}: all processes of one name, by their registry. */
@Command(
    name = "fleet",
    description =
        "Looks at all processes of one name, and orders them, by the registry they share.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      FleetListCommand.class,
      FleetDrainCommand.class,
      FleetPauseCommand.class,
      FleetResumeCommand.class,
      FleetRollCommand.class
    },
    mixinStandardHelpOptions = true)
final class FleetCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec; // set by picocli

  @Override
  public void run() {
    throw new ParameterException(Commands.line(spec), "Missing command");
  }
}
