package dev.tailrace.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What every command asks of picocli. */
final class Commands {
  private Commands() {}

  /** The command line that a command was reached by: where its output goes. */
  static CommandLine line(@Nullable CommandSpec spec) {
    return Objects.requireNonNull(spec, "picocli sets the spec before the call").commandLine();
  }
}
