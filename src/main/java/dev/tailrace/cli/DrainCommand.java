package dev.tailrace.cli;

import dev.tailrace.cli.AdminClient.Answer;
import dev.tailrace.config.Durations;
import dev.tailrace.lifecycle.DrainConfig.Strategy;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code drain}: a running pool finishes what it has, leaves and exits. */
@Command(
    name = "drain",
    description = {
      "Drains a running pool: intake stops, running work finishes, it leaves its groups and exits.",
      "Prints the report; exit code 4 where the drain was incomplete or forced."
    },
    mixinStandardHelpOptions = true)
final class DrainCommand implements Callable<Integer> {
  private static final Duration TRAVEL = Duration.ofSeconds(5);

  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      defaultValue = "5m",
      description = "How long to wait for the report. Default: ${DEFAULT-VALUE}")
  private String patience = "5m"; // set by picocli

  @Option(
      names = "--strategy",
      paramLabel = "STRATEGY",
      description =
          "bounded, cooperative or immediate, instead of drain.strategy; immediate forces a drain"
              + " that runs already")
  private @Nullable Strategy strategy; // set by picocli

  @Spec private @Nullable CommandSpec spec; // set by picocli

  @Override
  public Integer call() {
    Duration longest = patience();
    Answer answer =
        admin
            .client()
            .post("/drain?wait=" + longest.toMillis() + "ms" + wished(), longest.plus(TRAVEL));
    PrintWriter out = Commands.line(spec).getOut();
    JsonObject body = answer.body();
    if (output.json()) {
      out.println(body.encode());
    } else if (answer.status() == 202) {
      out.println("The drain has begun; 'tailrace drain' again waits for its report.");
    } else {
      ReportText.lines(body).forEach(out::println);
    }
    return body.getInteger("exitCode", ExitCode.OK);
  }

  private String wished() {
    return strategy == null ? "" : "&strategy=" + strategy.label();
  }

  private Duration patience() {
    try {
      return Durations.parse(patience);
    } catch (IllegalArgumentException malformed) {
      throw new ParameterException(
          Commands.line(spec), "--wait: " + malformed.getMessage(), malformed);
    }
  }
}
