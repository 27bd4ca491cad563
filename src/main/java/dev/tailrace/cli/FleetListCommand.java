package dev.tailrace.cli;

import dev.tailrace.app.ConfiguredFleet;
import dev.tailrace.app.FleetMember;
import dev.tailrace.config.ConfigException;
import io.vertx.core.json.JsonArray;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code fleet ls}: who is there, in which state, with what, and how fast. */
@Command(
    name = "ls",
    description = "Lists the processes that have said how they stand within the last 15 s.",
    mixinStandardHelpOptions = true)
final class FleetListCommand implements Callable<Integer> {
  private static final String ROW = "%-20s %-9s %-16s %10s %9s %8s %8s  %s";

  @Mixin private ConfigOptions config = new ConfigOptions();
  @Mixin private OutputOption output = new OutputOption();
  @Spec private @Nullable CommandSpec spec; // set by picocli

  @Override
  public Integer call() throws ConfigException {
    List<FleetMember> members =
        FleetOrderOptions.answer(FleetOrderOptions.fleet(config), ConfiguredFleet::members);
    PrintWriter out = Commands.line(spec).getOut();
    if (output.json()) {
      out.println(new JsonArray(members.stream().map(FleetMember::toJson).toList()).encode());
      return ExitCode.OK;
    }
    out.println(
        ROW.formatted(
            "INSTANCE", "STATE", "VERSION", "FINISHED", "PER S", "IN FL.", "LAG", "HOLDS"));
    for (FleetMember one : members) {
      out.println(
          ROW.formatted(
              one.instance(),
              one.state(),
              one.version(),
              one.finished(),
              one.perSecond(),
              one.inFlight(),
              one.lag(),
              String.join(" ", one.assignments())));
    }
    return ExitCode.OK;
  }
}
