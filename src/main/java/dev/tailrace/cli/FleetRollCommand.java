package dev.tailrace.cli;

import dev.tailrace.config.ConfigException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fleet roll}: processes are replaced, one after the other. */
@Command(
    name = "roll",
    description = {
      "Has processes of the fleet replaced by their supervisors, one after the other: each drains and"
          + " ends with 6, and the next one follows when another runs in its place, and the fleet has"
          + " caught up.",
      "Ends with 1 at the first whose report is not clean, or that nobody replaces."
    },
    mixinStandardHelpOptions = true)
final class FleetRollCommand implements Callable<Integer> {
  @Mixin private FleetOrderOptions options = new FleetOrderOptions();

  @Override
  public Integer call() throws ConfigException {
    return options.run(
        (fleet, vertx) ->
            fleet.roll(vertx, options.instances(), options.patience(), options::tell));
  }
}
