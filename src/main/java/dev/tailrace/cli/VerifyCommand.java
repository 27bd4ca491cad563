package dev.tailrace.cli;

import dev.tailrace.verify.Expectations;
import dev.tailrace.verify.Verdicts;
import dev.tailrace.verify.Verification;
import dev.tailrace.verify.VerifyInput;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code verify}: checks the promises of a run from what it left behind. */
@Command(
    name = "verify",
    description = {
      "Checks the promises of a run from its event logs, with no trust in its metrics.",
      "Exit code 1 where one was broken, or where the run proves nothing."
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  @Option(
      names = "--events",
      paramLabel = "FILE",
      required = true,
      arity = "1..*",
      description = "The event log of each process")
  private List<Path> events = new ArrayList<>(); // set by picocli

  @Option(
      names = "--report",
      paramLabel = "FILE",
      arity = "1..*",
      description = "Drain reports, to be compared with what happened")
  private List<Path> reports = new ArrayList<>(); // set by picocli

  @Option(
      names = "--effects",
      paramLabel = "FILE",
      description = "What an outside witness saw: {\"pipeline\":…,\"msg\":…} a line")
  private @Nullable Path effects; // set by picocli

  @Option(
      names = "--committed",
      paramLabel = "FILE",
      description = "The broker's positions: {\"pipeline\":…,\"source\":…,\"committed\":…} a line")
  private @Nullable Path committed; // set by picocli

  @Option(
      names = "--expect",
      paramLabel = "LIST",
      defaultValue = "",
      description = "What the run has to come up to: effects, complete, kills=N, order=key, …")
  private String expectations = ""; // set by picocli

  @Mixin private OutputOption output = new OutputOption();
  @Spec private @Nullable CommandSpec spec; // set by picocli

  @Override
  public Integer call() {
    Verdicts verdicts;
    try {
      verdicts =
          Verification.check(
              new VerifyInput(
                  events, effects, committed, reports, Expectations.parse(expectations)));
    } catch (IllegalArgumentException malformed) {
      throw new ParameterException(
          Commands.line(spec), "--expect: " + malformed.getMessage(), malformed);
    } catch (IOException unreadable) {
      throw new CommandException(ExitCode.FAILURE, "cannot read: " + unreadable, unreadable);
    }
    PrintWriter out = Commands.line(spec).getOut();
    if (output.json()) {
      out.println(verdicts.toJson());
    } else {
      out.print(verdicts.toText());
      out.flush();
    }
    return verdicts.passed() ? ExitCode.OK : ExitCode.FAILURE;
  }
}
