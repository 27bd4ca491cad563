package dev.tailrace.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** A valid configuration with its defaults filled in. Immutable; prints without its secrets. */
public final class EffectiveConfig {

  private final ConfigSchema schema;
  private final ConfigObject tree;
  private final List<ConfigError> warnings;

  EffectiveConfig(ConfigSchema schema, ConfigObject tree) {
    this(schema, tree, List.of());
  }

  private EffectiveConfig(ConfigSchema schema, ConfigObject tree, List<ConfigError> warnings) {
    this.schema = schema;
    this.tree = tree;
    this.warnings = List.copyOf(warnings);
  }

  EffectiveConfig withWarnings(List<ConfigError> findings) {
    return new EffectiveConfig(schema, tree, findings);
  }

  /** The root, for its readers. */
  public ConfigSection root() {
    return new ConfigSection(schema, "", new StructureType.Inner(schema.root()), tree);
  }

  /** What is accepted but probably not meant. */
  public List<ConfigError> warnings() {
    return warnings;
  }

  /** The whole tree with its places, defaults included. */
  public ConfigObject tree() {
    return tree;
  }

  /**
   * The configuration as YAML, defaults included, secrets masked: what {@code config show} says.
   */
  public String yaml() {
    return YamlPrinter.print(tree);
  }

  /** {@link #yaml()}, with a comment behind every value that says where it comes from. */
  public String yamlWithOrigins() {
    return YamlPrinter.printWithOrigins(tree);
  }

  /** The same as JSON: one object, pretty-printed. */
  public String json() {
    return JsonTree.masked(tree).toPrettyString();
  }

  /** The tree as JSON, with where it comes from in the place of every value. */
  public String origins() {
    return JsonTree.origins(tree).toPrettyString();
  }

  /**
   * SHA-256 in hex of {@link #yaml()}, keys sorted by the schema. Since that text is masked, it
   * betrays no secret, and does not change when only a secret does.
   */
  public String sha256() {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(yaml().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
