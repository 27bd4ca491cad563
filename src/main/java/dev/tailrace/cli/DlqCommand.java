package dev.tailrace.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dlq}: what became of messages that could not be processed. */
@Command(
    name = "dlq",
    description = "Looks through dead letters, sends them back, or deletes them.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DlqListCommand.class,
      DlqShowCommand.class,
      DlqReplayCommand.class,
      DlqPurgeCommand.class
    },
    mixinStandardHelpOptions = true)
final class DlqCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec; // set by picocli

  @Override
  public void run() {
    throw new ParameterException(
        Commands.line(spec), "Missing command: list, show, replay or purge");
  }
}
