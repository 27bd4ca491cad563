package dev.tailrace.cli;

import dev.tailrace.app.FleetOrder;
import dev.tailrace.config.ConfigException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fleet drain}: processes drain and end, all at once. */
@Command(
    name = "drain",
    description = {
      "Has processes of the fleet drain and end with 0, all at once; refused while another rolls it.",
      "Exit code 1 where one did not do so within the time of --wait."
    },
    mixinStandardHelpOptions = true)
final class FleetDrainCommand implements Callable<Integer> {
  @Mixin private FleetOrderOptions options = new FleetOrderOptions();

  @Override
  public Integer call() throws ConfigException {
    return options.runTogether(
        (fleet, vertx) ->
            fleet.order(vertx, FleetOrder.Verb.DRAIN, options.instances(), options.patience()));
  }
}
