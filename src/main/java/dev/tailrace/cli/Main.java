package dev.tailrace.cli;

import dev.tailrace.config.ConfigException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line's entry: {@code java -jar tailrace.jar COMMAND}. */
@Command(
    name = "tailrace",
    description = {
      "Takes messages from Kafka and Redis Streams through a bounded worker pool,",
      "and stops without losing, repeating or forgetting any of them."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RunCommand.class,
      DemoCommand.class,
      InitCommand.class,
      ValidateCommand.class,
      VerifyCommand.class,
      StatusCommand.class,
      PauseCommand.class,
      ResumeCommand.class,
      DrainCommand.class,
      ReloadCommand.class,
      ReportCommand.class,
      FleetCommand.class,
      DlqCommand.class,
      BenchCommand.class,
      ConfigCommand.class,
      CompletionCommand.class,
      VersionCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:ok",
      "1:failure",
      "2:usage",
      "3:invalid configuration",
      "4:drain forced or incomplete, or a commit unknown",
      "5:broker, store or admin unreachable, refusing or unfit",
      "6:clean drain that the process itself asked for, to be started afresh"
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.class)
public final class Main implements Runnable {
  @Spec private @Nullable CommandSpec spec; // set by picocli

  private Main() {}

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    LogSetup.install();
    int exitCode =
        run(
            arguments,
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    LogSetup.flush();
    System.exit(exitCode);
  }

  /**
   * Runs a command in this process.
   *
   * @param out results
   * @param err errors, progress
   * @return the exit code; logs are not flushed yet
   */
  public static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    CommandLine commandLine =
        new CommandLine(new Main())
            .setOut(out)
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setColorScheme(CommandLine.Help.defaultColorScheme(Terminal.ansi()))
            .setParameterExceptionHandler(Main::misused)
            .setExecutionExceptionHandler(Main::failed);
    return commandLine.execute(arguments);
  }

  /** Without a command there is nothing to do, which is a mistake. */
  @Override
  public void run() {
    throw new ParameterException(Commands.line(spec), "Missing command");
  }

  private static int misused(ParameterException mistake, String[] arguments) {
    CommandLine commandLine = mistake.getCommandLine();
    PrintWriter err = commandLine.getErr();
    err.println("error: " + mistake.getMessage());
    boolean suggested = UnmatchedArgumentException.printSuggestions(mistake, err);
    if (!suggested && commandLine.getParent() == null) {
      commandLine.usage(err);
    } else {
      err.println("Try '" + commandLine.getCommandSpec().qualifiedName() + " --help'.");
    }
    return ExitCode.USAGE;
  }

  private static int failed(Exception failure, CommandLine commandLine, ParseResult result) {
    PrintWriter err = commandLine.getErr();
    if (failure instanceof ConfigException refused) {
      refused.errors().forEach(err::println);
      return ExitCode.INVALID_CONFIGURATION;
    }
    if (failure instanceof CommandException told) {
      List.of(String.valueOf(told.getMessage()).split("\n"))
          .forEach(line -> err.println("error: " + line));
      return told.exitCode();
    }
    err.println("error: " + failure);
    failure.printStackTrace(err);
    return ExitCode.FAILURE;
  }
}
