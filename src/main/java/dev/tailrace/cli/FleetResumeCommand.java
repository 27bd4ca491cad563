package dev.tailrace.cli;

import dev.tailrace.app.FleetOrder;
import dev.tailrace.config.ConfigException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fleet resume}: processes let messages in again. */
@Command(
    name = "resume",
    description = {
      "Has processes of the fleet let messages in again.",
      "Exit code 1 where one did not do so within the time of --wait."
    },
    mixinStandardHelpOptions = true)
final class FleetResumeCommand implements Callable<Integer> {
  @Mixin private FleetOrderOptions options = new FleetOrderOptions();

  @Override
  public Integer call() throws ConfigException {
    return options.runTogether(
        (fleet, vertx) ->
            fleet.order(vertx, FleetOrder.Verb.RESUME, options.instances(), options.patience()));
  }
}
