package dev.tailrace.app;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.dispatch.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a pipeline's configuration allows although it is probably not meant. */
final class PipelineAdvice {
  private static final Duration LEAST_MARGIN = Duration.ofSeconds(1);

  private final ConfigSection pipeline;
  private final ConfigSection.Chosen source;

  PipelineAdvice(ConfigSection pipeline) {
    this.pipeline = pipeline;
    this.source = pipeline.oneOf("source");
  }

  List<ConfigError> warnings() {
    return switch (source.type()) {
      case "kafka" -> kafka();
      case "redis" -> redis();
      default -> List.of();
    };
  }

  /**
   * A rebalance asks handlers to cancel some time before {@code revoke-deadline}. The defaults do
   * not agree either (a call may take longer than a rebalance should), so only what somebody wrote
   * is worth a warning.
   */
  private List<ConfigError> kafka() {
    List<ConfigError> warnings = new ArrayList<>();
    if (!pipeline.isSet("timeout") && !source.section().isSet("revoke-deadline")) {
      return warnings;
    }
    Duration deadline = source.section().duration("revoke-deadline");
    Duration fifth = deadline.dividedBy(5);
    Duration cutOff = deadline.minus(fifth.compareTo(LEAST_MARGIN) > 0 ? fifth : LEAST_MARGIN);
    if (pipeline.duration("timeout").compareTo(cutOff) > 0) {
      warnings.add(
          pipeline.warning(
              "timeout",
              "'" + pipeline.text("timeout") + "' is more than a rebalance leaves for work",
              "advised: at most " + cutOff.toMillis() + "ms, or a longer revoke-deadline"));
    }
    return warnings;
  }

  private List<ConfigError> redis() {
    List<ConfigError> warnings = new ArrayList<>();
    if (source.section().duration("claim-idle").compareTo(pipeline.duration("timeout")) <= 0) {
      warnings.add(
          source
              .section()
              .warning(
                  "claim-idle",
                  "'" + source.section().text("claim-idle") + "' is not more than timeout",
                  "advised: more than " + pipeline.text("timeout")));
    }
    Order order = pipeline.choice("order", Order.class);
    if (order != Order.UNORDERED) {
      warnings.add(
          pipeline.warning(
              "order",
              "'" + order.label() + "' holds within one instance only: the stream is not sharded",
              "advised: unordered, or one instance"));
    }
    return warnings;
  }
}
