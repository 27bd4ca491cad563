package dev.tailrace.app;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.source.SourceConflict;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
  }

  private ConfigError finding(String pipeline, SourceConflict conflict) {
    ConfigSection section = sections.get(pipeline);
    if (section == null) {
      throw new IllegalStateException("a pipeline that is not in the configuration: " + pipeline);
    }
    ConfigSection source = section.oneOf("source").section();
    return conflict.fatal()
        ? source.error(conflict.key(), conflict.problem(), conflict.allowed())
        : source.warning(conflict.key(), conflict.problem(), conflict.allowed());
  }
}
