package dev.tailrace.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code completion}: a script for the shell. */
@Command(
    name = "completion",
    description = {
      "Prints a script that completes commands and options in bash and zsh.",
      "It is for a command named tailrace: an alias of java -jar, or a script that calls it."
    },
    mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec; // set by picocli

  @Override
  public Integer call() {
    CommandLine line = Commands.line(spec);
    line.getOut().print(AutoComplete.bash("tailrace", line.getParent()));
    line.getOut().flush();
    return ExitCode.OK;
  }
}
