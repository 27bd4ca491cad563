package dev.tailrace.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The one schema of the configuration: {@link RootSchema} with the fragments of the packages that
 * own sources, handlers, stores, dead letters and sections. Immutable. Validation, {@code config
 * schema}, the reference pages and editors all use what it says.
 */
public final class ConfigSchema {

  private final ObjectSchema root;
  private final Map<ExtensionPoint, List<Fragment>> extensions;

  private ConfigSchema(ObjectSchema root, Map<ExtensionPoint, List<Fragment>> extensions) {
    this.root = root;
    var copy = new EnumMap<ExtensionPoint, List<Fragment>>(ExtensionPoint.class);
    extensions.forEach((point, fragments) -> copy.put(point, List.copyOf(fragments)));
    this.extensions = Collections.unmodifiableMap(copy);
  }

  /** Begins the schema of a Tailrace configuration. */
  public static Builder builder() {
    return new Builder();
  }

  /** Another root than Tailrace's: for tests of the parts. */
  static ConfigSchema of(ObjectSchema root, Map<ExtensionPoint, List<Fragment>> extensions) {
    return new ConfigSchema(root, extensions);
  }

  ObjectSchema root() {
    return root;
  }

  /** The types registered at a point, in the order of registration. */
  List<Fragment> fragments(ExtensionPoint point) {
    return extensions.getOrDefault(point, List.of());
  }

  /** The JSON Schema (draft 2020-12), pretty-printed: the output of {@code config schema}. */
  public String json() {
    return new JsonSchemaWriter(this).document().toPrettyString();
  }

  /** Collects the fragments. Not thread-safe. */
  public static final class Builder {

    private final List<Fragment> sections = new ArrayList<>(); // the composing thread only
    private final Map<ExtensionPoint, List<Fragment>> extensions = // the composing thread only
        new EnumMap<>(ExtensionPoint.class);

    private Builder() {}

    /** Adds a section at the root, such as {@code kafka:}; its type is its key. */
    public Builder section(Fragment fragment) {
      sections.add(fragment);
      return this;
    }

    /** Adds a type to an extension point. */
    public Builder extension(ExtensionPoint point, Fragment fragment) {
      List<Fragment> fragments = extensions.computeIfAbsent(point, any -> new ArrayList<>());
      if (fragments.stream().anyMatch(other -> other.type().equals(fragment.type()))) {
        throw new IllegalArgumentException(point.key() + " has " + fragment.type() + " already");
      }
      fragments.add(fragment);
      return this;
    }

    /** The composed schema. */
    public ConfigSchema build() {
      return new ConfigSchema(RootSchema.with(sections), extensions);
    }
  }
}
