package dev.tailrace.cli;

import dev.tailrace.app.ConfiguredFleet;
import dev.tailrace.app.FleetAnswer;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.Durations;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What all orders to a fleet have in common: who is meant, how long to wait, what is shown. */
final class FleetOrderOptions {
  private static final String ROW = "%-20s %-6s %s";

  @Mixin private ConfigOptions config = new ConfigOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Parameters(
      paramLabel = "INSTANCE",
      arity = "0..*",
      description = "Who is meant; everybody in the fleet where nobody is named")
  private List<String> instances = List.of(); // set by picocli

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      defaultValue = "2m",
      description = "How long each step may take. Default: ${DEFAULT-VALUE}")
  private String wait = "2m"; // set by picocli

  @Spec(Target.MIXEE)
  private @Nullable CommandSpec spec; // set by picocli

  /** Asks something of a fleet; fails as {@link ConfiguredFleet#members} does. */
  interface Question<T> {
    Future<T> ask(ConfiguredFleet fleet, Vertx vertx);
  }

  /** The fleet of a configuration. */
  static ConfiguredFleet fleet(ConfigOptions config) throws ConfigException {
    LogSetup.apply(LogSetup.Format.AUTO, "error", null);
    return ConfiguredFleet.read(config.load())
        .orElseThrow(
            () ->
                new CommandException(
                    ExitCode.INVALID_CONFIGURATION, "fleet.registry is none: nobody is listed"));
  }

  /** Asks, and waits for the answer. */
  static <T> T answer(ConfiguredFleet fleet, Question<T> question) {
    Vertx vertx = Vertx.vertx();
    try {
      return question.ask(fleet, vertx).toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException failed) {
      Throwable cause = failed.getCause() == null ? failed : failed.getCause();
      boolean refused =
          cause instanceof IllegalStateException || cause instanceof NoSuchElementException;
      throw new CommandException(
          refused ? ExitCode.FAILURE : ExitCode.UNREACHABLE,
          String.valueOf(cause.getMessage()),
          cause);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  List<String> instances() {
    return instances;
  }

  Duration patience() {
    try {
      return Durations.parse(wait);
    } catch (IllegalArgumentException malformed) {
      throw new ParameterException(
          Commands.line(spec), "--wait: " + malformed.getMessage(), malformed);
    }
  }

  /** Tells people of one process, as soon as it is done with. */
  void tell(FleetAnswer answer) {
    if (!output.json()) {
      PrintWriter out = Commands.line(spec).getOut();
      out.println(
          ROW.formatted(answer.instance(), answer.done() ? "ok" : "FAILED", answer.detail()));
      out.flush();
    }
  }

  /** Has it done, and shows what became of it; the exit code says whether all did as told. */
  int run(Question<List<FleetAnswer>> question) throws ConfigException {
    Duration unused = patience(); // before anything is asked
    List<FleetAnswer> answers = answer(fleet(config), question);
    if (output.json()) {
      Commands.line(spec)
          .getOut()
          .println(new JsonArray(answers.stream().map(FleetAnswer::toJson).toList()).encode());
    }
    return answers.stream().allMatch(FleetAnswer::done) ? ExitCode.OK : ExitCode.FAILURE;
  }

  /** As {@link #run}, of orders that are answered all at once. */
  int runTogether(Question<List<FleetAnswer>> question) throws ConfigException {
    return run(
        (fleet, vertx) ->
            question.ask(fleet, vertx).onSuccess(answers -> answers.forEach(this::tell)));
  }
}
