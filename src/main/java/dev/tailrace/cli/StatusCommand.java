package dev.tailrace.cli;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code status}: how a running pool stands. */
@Command(
    name = "status",
    description = "Shows how a running pool stands.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private OutputOption output = new OutputOption();
  @Spec private @Nullable CommandSpec spec; // set by picocli

  @Override
  public Integer call() {
    JsonObject status = admin.client().get("/status").body();
    PrintWriter out = Commands.line(spec).getOut();
    if (output.json()) {
      out.println(status.encode());
    } else {
      StatusText.lines(status).forEach(out::println);
    }
    return ExitCode.OK;
  }
}
