package dev.tailrace.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code report}: a drain's report, in words and with its timeline. */
@Command(
    name = "report",
    description = "Tells a drain's report for people: its timeline, and what became of what.",
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "FILE",
      description = "What --report, report.file or a termination log wrote")
  private Path file = Path.of(""); // set by picocli

  @Spec private @Nullable CommandSpec spec; // set by picocli

  @Override
  public Integer call() {
    PrintWriter out = Commands.line(spec).getOut();
    ReportText.whole(read()).forEach(out::println);
    return ExitCode.OK;
  }

  private JsonObject read() {
    try {
      JsonObject report = new JsonObject(Files.readString(file));
      if (report.containsKey("result") && report.containsKey("phases")) {
        return report;
      }
      throw new DecodeException("not the keys of a report");
    } catch (IOException unreadable) {
      throw new CommandException(ExitCode.FAILURE, "cannot read: " + unreadable, unreadable);
    } catch (DecodeException noReport) {
      throw new CommandException(ExitCode.FAILURE, file + " is no drain report", noReport);
    }
  }
}
