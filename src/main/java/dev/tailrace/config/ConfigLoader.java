package dev.tailrace.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads, merges, shapes and validates a configuration. Stateless apart from its schema, which makes
 * a loader safe for use by several threads.
 */
public final class ConfigLoader {

  private final ConfigSchema schema;
  private final SchemaValidation validation;

  /** A loader for that schema; compiling it costs about as much as a load. */
  public ConfigLoader(ConfigSchema schema) {
    this.schema = schema;
    this.validation = new SchemaValidation(schema);
  }

  /**
   * Loads. Reads the files and what {@code ${file:…}} names; blocks while it does.
   *
   * @return the effective configuration, valid by the schema; what only its readers know (a class
   *     that is not there, say) is not yet checked
   * @throws ConfigException with every mistake found
   */
  public EffectiveConfig load(ConfigInputs inputs) throws ConfigException {
    var problems = new Problems();
    var reader = new YamlReader(new Interpolation(inputs.environment()), problems);
    List<ConfigObject> files = read(inputs.files(), reader, problems);
    if (files.size() < inputs.files().size()) {
      problems.throwIfAny(); // what a broken file would have set must not be called missing
    }
    ConfigObject merged =
        files.isEmpty() ? ConfigObject.empty(Place.DEFAULTS, false) : files.get(0);
    for (ConfigObject file : files.subList(Math.min(1, files.size()), files.size())) {
      merged = TreeMerge.merge(merged, file);
    }
    var assignments = new ArrayList<>(Assignment.ofEnvironment(inputs.environment(), problems));
    assignments.addAll(Assignment.ofArguments(inputs.assignments(), problems));
    var assigning = new AssignmentMerge(schema, reader, problems);
    for (Assignment assignment : assignments) {
      merged = assigning.apply(merged, assignment);
    }
    ConfigObject shaped = new Shaping(schema, reader).shape(merged);
    validation.validate(shaped, problems);
    problems.throwIfAny();
    var config = new EffectiveConfig(schema, shaped);
    List<ConfigError> findings = new RootRules(config.root()).findings();
    findings.stream()
        .filter(finding -> finding.severity() == ConfigError.Severity.ERROR)
        .forEach(problems::add);
    problems.throwIfAny();
    return config.withWarnings(findings);
  }

  private static List<ConfigObject> read(List<Path> files, YamlReader reader, Problems problems) {
    List<ConfigObject> read = new ArrayList<>();
    for (int rank = 0; rank < files.size(); rank++) {
      String name = files.get(rank).toString();
      try (InputStream stream = Files.newInputStream(files.get(rank))) {
        ConfigObject object = reader.file(name, rank, stream.readNBytes(YamlReader.MAX_BYTES + 1));
        if (object != null) {
          read.add(object);
        }
      } catch (IOException e) {
        problems.error(
            Place.inFile(name, rank, 0, 0),
            "",
            "cannot be read (" + Reasons.of(e) + ")",
            "allowed: a readable YAML file");
      }
    }
    return read;
  }
}
