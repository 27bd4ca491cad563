package dev.tailrace.cli;

import dev.tailrace.app.ConfiguredPool;
import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigObject;
import dev.tailrace.config.EffectiveConfig;
import dev.tailrace.config.YamlDocuments;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code validate}: says everything that is wrong with a configuration, and starts nothing. */
@Command(
    name = "validate",
    description = "Says everything that is wrong with a configuration; starts nothing.",
    mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
  @Mixin private ConfigOptions config = new ConfigOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Option(names = "--strict", description = "Refuses what is only warned of, too")
  private boolean strict; // set by picocli

  @Option(
      names = "--pod",
      paramLabel = "FILE",
      arity = "1..*",
      description = "Manifests of Kubernetes that must give this configuration what it needs")
  private List<Path> manifests = new ArrayList<>(); // set by picocli

  @Spec private @Nullable CommandSpec spec; // set by picocli

  @Override
  public Integer call() {
    CommandLine line = Commands.line(spec);
    List<ConfigError> findings = new ArrayList<>();
    boolean refused = false;
    try {
      EffectiveConfig effective = config.load();
      findings.addAll(effective.warnings());
      findings.addAll(ConfiguredPool.read(effective).warnings());
      refused = strict && !findings.isEmpty();
      refused |= findings.addAll(new PodCheck(effective).check(documents()));
    } catch (ConfigException errors) {
      findings.addAll(errors.errors());
      refused = true;
    }
    print(line, findings, refused);
    return refused ? ExitCode.INVALID_CONFIGURATION : ExitCode.OK;
  }

  private List<ConfigObject> documents() throws ConfigException {
    List<ConfigObject> documents = new ArrayList<>();
    for (Path manifest : manifests) {
      documents.addAll(YamlDocuments.read(manifest));
    }
    return documents;
  }

  private void print(CommandLine line, List<ConfigError> findings, boolean refused) {
    if (output.json()) {
      JsonArray all = new JsonArray();
      findings.forEach(finding -> all.add(json(finding)));
      line.getOut().println(new JsonObject().put("valid", !refused).put("findings", all).encode());
      return;
    }
    PrintWriter err = line.getErr();
    findings.forEach(err::println);
    if (refused && findings.stream().noneMatch(ValidateCommand::isError)) {
      err.println("refused: valid, but --strict takes no warning");
    }
    if (!refused) {
      line.getOut()
          .println(
              findings.isEmpty()
                  ? "valid"
                  : "valid, with " + Phrases.count(findings.size(), "warning"));
    }
  }

  private static boolean isError(ConfigError finding) {
    return finding.severity() == ConfigError.Severity.ERROR;
  }

  private static JsonObject json(ConfigError finding) {
    return new JsonObject()
        .put("severity", finding.severity().name().toLowerCase(Locale.ROOT))
        .put("place", finding.place().toString())
        .put("path", finding.path())
        .put("problem", finding.problem())
        .put("allowed", finding.allowed());
  }
}
