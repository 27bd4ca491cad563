package dev.tailrace.config;

import java.util.ArrayList;
import java.util.List;

/**
 * The reference of the configuration, generated from its schema: the page {@code
 * docs/configuration.md}, the file {@code config/reference.yaml}, and the file that {@code init}
 * writes. The same schema always gives the same text.
 */
public final class ConfigReference {

  private static final String REFERENCE_HEADER =
      """
      # Every key of the configuration, with its default. Generated: mvn verify compares it with
      # the schema. Lines that begin with # in the first column are switched off.

      """;

  private static final String INIT_HEADER =
      """
      # A configuration of Tailrace. What must be set is set; lines that begin with # in the first
      # column show the defaults. Check it with `validate`, see all that applies with `config show`.

      """;

  private final ConfigSchema schema;

  /** The reference of that schema. */
  public ConfigReference(ConfigSchema schema) {
    this.schema = schema;
  }

  /** The text of {@code docs/configuration.md}. */
  public String markdown() {
    return new ReferencePage(schema).write();
  }

  /** A file with every key at its default; it is valid. */
  public String referenceYaml() {
    return REFERENCE_HEADER + new ReferenceYaml(schema, true).write();
  }

  /** A file in which only what must be set is switched on; it is valid. */
  public String initYaml() {
    return INIT_HEADER + new ReferenceYaml(schema, false).write();
  }

  /**
   * Every key, such as {@code pipelines[].source.kafka.topics}, in the order of the schema; also
   * those that are not built yet.
   */
  public List<String> keys() {
    List<String> keys = new ArrayList<>();
    collect("", schema.root(), keys);
    return List.copyOf(keys);
  }

  private void collect(String path, ObjectSchema object, List<String> keys) {
    for (Property property : object.properties().values()) {
      String key = Target.join(path, property.name());
      keys.add(key);
      if (property.type() instanceof StructureType.Inner inner) {
        collect(key, inner.schema(), keys);
      } else if (property.type() instanceof StructureType.NamedList named) {
        collect(key + "[]", named.item(), keys);
      } else if (property.type() instanceof StructureType.OneOf oneOf) {
        for (Fragment fragment : schema.fragments(oneOf.point())) {
          keys.add(key + "." + fragment.type());
          collect(key + "." + fragment.type(), fragment.schema(), keys);
        }
      }
    }
  }
}
