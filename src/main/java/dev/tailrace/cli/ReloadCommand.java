package dev.tailrace.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code reload}: a running pool reads its configuration anew. */
@Command(
    name = "reload",
    description = {
      "Has a running pool read its configuration anew, and take over what has changed.",
      "A configuration that is refused changes nothing: exit code 1."
    },
    mixinStandardHelpOptions = true)
final class ReloadCommand implements Callable<Integer> {
  /** A pipeline drains and begins again, within their deadlines, one after the other. */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private OutputOption output = new OutputOption();
  @Spec private @Nullable CommandSpec spec; // set by picocli

  @Override
  public Integer call() {
    JsonObject body = admin.client().post("/reload", LONGEST).body();
    PrintWriter out = Commands.line(spec).getOut();
    if (output.json()) {
      out.println(body.encode());
      return ExitCode.OK;
    }
    JsonArray changes = body.getJsonArray("changes", new JsonArray());
    changes.forEach(change -> out.println("  " + change));
    for (Object move : body.getJsonArray("moves", new JsonArray())) {
      JsonObject one = (JsonObject) move;
      out.println("pipeline " + one.getString("pipeline") + ": " + one.getString("move"));
    }
    out.println(
        changes.isEmpty()
            ? "Nothing has changed."
            : "Configuration " + body.getInteger("generation") + " applies.");
    return ExitCode.OK;
  }
}
