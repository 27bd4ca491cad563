package dev.tailrace.cli;

import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code version}: which Tailrace, on which Java. */
@Command(
    name = "version",
    description = "Says which Tailrace this is, and on which Java it runs.",
    mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer>, IVersionProvider {
  @Mixin private OutputOption output = new OutputOption();
  @Spec private @Nullable CommandSpec spec; // set by picocli

  @Override
  public Integer call() {
    CommandLine line = Commands.line(spec);
    if (output.json()) {
      line.getOut()
          .println(
              new JsonObject()
                  .put("version", version())
                  .put("java", Runtime.version().toString())
                  .put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"))
                  .encode());
    } else {
      line.getOut().println(getVersion()[0]);
    }
    return ExitCode.OK;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"tailrace " + version() + " (Java " + Runtime.version() + ")"};
  }

  /** The version in the jar's manifest, or {@code dev} where it does not run from a jar. */
  static String version() {
    return Optional.ofNullable(VersionCommand.class.getPackage().getImplementationVersion())
        .orElse("dev");
  }
}
