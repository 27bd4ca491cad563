package dev.tailrace.app;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.source.SourceConflict;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The pipelines of one configuration, of which each pair has to go together in one process. */
final class Neighbours {
  private final Map<String, ConfigSection> sections = new HashMap<>(); // filled once
  private final List<Pipeline> pipelines;

  /**
   * Of those that could be read.
   *
   * @param pipelines in the order in which they are written
   */
  Neighbours(ConfigSection root, List<Pipeline> pipelines) {
    root.sections("pipelines").forEach(section -> sections.put(section.text("name"), section));
    this.pipelines = pipelines;
  }

  /** Adds what stands against it: of each pipeline beside the earlier ones the worst only. */
  void conflicts(List<ConfigError> errors, List<ConfigError> warnings) {
    for (int index = 1; index < pipelines.size(); index++) {
      Pipeline pipeline = pipelines.get(index);
      pipelines.subList(0, index).stream()
          .flatMap(one -> pipeline.source().conflict(one.source(), one.name()).stream())
          .min(Comparator.comparing(conflict -> !conflict.fatal()))
          .ifPresent(
              worst -> (worst.fatal() ? errors : warnings).add(finding(pipeline.name(), worst)));
    }
    for (Pipeline pipeline : pipelines) {
      for (RetryTier tier : pipeline.retryTiers()) {
        strangers(pipeline, tier).ifPresent(errors::add);
      }
    }
  }

  /** Only one pipeline may read what is in a tier, and be the one that wrote it. */
  private Optional<ConfigError> strangers(Pipeline owner, RetryTier tier) {
    return tier.source().names().stream()
        .flatMap(name -> strangers(owner, tier, name).stream())
        .findFirst();
  }

  private Optional<ConfigError> strangers(Pipeline owner, RetryTier tier, String name) {
    return pipelines.stream()
        .filter(other -> other != owner && reads(other, tier, name))
        .findFirst()
        .map(
            other ->
                section(owner.name())
                    .section("retry")
                    .error(
                        "retry-topics",
                        "'" + name + "' is read by pipeline '" + other.name() + "', too",
                        "allowed: another retry-topics-prefix"));
  }

  private boolean reads(Pipeline other, RetryTier tier, String name) {
    String kind = section(other.name()).oneOf("source").type();
    return tier.destination().isSameAs(kind, name)
        && (other.source().reads(name)
            || other.retryTiers().stream().anyMatch(its -> its.source().reads(name)));
  }

  private ConfigSection section(String pipeline) {
    ConfigSection section = sections.get(pipeline);
    if (section == null) {
      throw new IllegalStateException("a pipeline that is not in the configuration: " + pipeline);
    }
    return section;
  }

  private ConfigError finding(String pipeline, SourceConflict conflict) {
    ConfigSection source = section(pipeline).oneOf("source").section();
    return conflict.fatal()
        ? source.error(conflict.key(), conflict.problem(), conflict.allowed())
        : source.warning(conflict.key(), conflict.problem(), conflict.allowed());
  }
}
