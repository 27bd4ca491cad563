package dev.tailrace.cli;

import dev.tailrace.app.PoolSchema;
import dev.tailrace.config.ConfigReference;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code init}: a commented configuration that runs. */
@Command(
    name = "init",
    description = "Writes a commented configuration that runs.",
    mixinStandardHelpOptions = true)
final class InitCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      defaultValue = "tailrace.yaml",
      description = "Where to; never over a file that is there. Default: ${DEFAULT-VALUE}")
  private Path file = Path.of("tailrace.yaml"); // set by picocli

  @Spec private @Nullable CommandSpec spec; // set by picocli

  @Override
  public Integer call() {
    String text = new ConfigReference(PoolSchema.schema()).initYaml();
    try {
      Files.writeString(file, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException there) {
      throw new CommandException(
          ExitCode.FAILURE, file + " is there already; name another file", there);
    } catch (IOException failure) {
      throw new CommandException(
          ExitCode.FAILURE, "cannot write " + file + ": " + failure, failure);
    }
    var out = Commands.line(spec).getOut();
    out.println("Wrote " + file + ". Next:");
    out.println("  tailrace validate -c " + file + "    checks it");
    out.println("  tailrace run -c " + file + "         runs it");
    return ExitCode.OK;
  }
}
