package dev.tailrace.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code resume}: messages come in again. */
@Command(
    name = "resume",
    description = "Lets messages in again after a pause.",
    mixinStandardHelpOptions = true)
final class ResumeCommand implements Callable<Integer> {
  @Mixin private PauseOptions options = new PauseOptions();
  @Spec private @Nullable CommandSpec spec; // set by picocli

  @Override
  public Integer call() {
    return options.order("resume", Commands.line(spec).getOut());
  }
}
