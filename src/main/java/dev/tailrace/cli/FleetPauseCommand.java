package dev.tailrace.cli;

import dev.tailrace.app.FleetOrder;
import dev.tailrace.config.ConfigException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fleet pause}: processes hold their intake back. */
@Command(
    name = "pause",
    description = {
      "Has processes of the fleet hold intake back; buffered work finishes, partitions stay.",
      "Exit code 1 where one did not do so within the time of --wait."
    },
    mixinStandardHelpOptions = true)
final class FleetPauseCommand implements Callable<Integer> {
  @Mixin private FleetOrderOptions options = new FleetOrderOptions();

  @Override
  public Integer call() throws ConfigException {
    return options.runTogether(
        (fleet, vertx) ->
            fleet.order(vertx, FleetOrder.Verb.PAUSE, options.instances(), options.patience()));
  }
}
