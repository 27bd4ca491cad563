package dev.tailrace.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code pause}: intake stops, buffered work finishes, partitions stay. */
@Command(
    name = "pause",
    description = "Holds intake back; buffered work finishes and partitions stay.",
    mixinStandardHelpOptions = true)
final class PauseCommand implements Callable<Integer> {
  @Mixin private PauseOptions options = new PauseOptions();
  @Spec private @Nullable CommandSpec spec; // set by picocli

  @Override
  public Integer call() {
    return options.order("pause", Commands.line(spec).getOut());
  }
}
