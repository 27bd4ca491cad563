package dev.tailrace.app;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.Durations;
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
    List<ConfigError> warnings = new ArrayList<>();
    warnings.addAll(
        switch (source.type()) {
          case "kafka" -> kafka();
          case "redis" -> redis();
          default -> List.of();
        });
    ConfigSection retry = pipeline.section("retry");
    if (retry.choice("overflow").equals("dead-letter")
        && pipeline.optionalOneOf("dead-letter").isEmpty()) {
      warnings.add(
          retry.warning(
              "overflow",
              "'dead-letter' has no destination: what overflows waits with its permit",
              "advised: a dead-letter of the pipeline"));
    }
    retryTopics(retry, warnings);
    batches(warnings);
    return warnings;
  }

  private void retryTopics(ConfigSection retry, List<ConfigError> warnings) {
    int topics = retry.durations("retry-topics").size();
    int retries = retry.integer("attempts") - 1;
    if (topics > retries) {
      warnings.add(
          retry.warning(
              "retry-topics",
              "are more than the retries of " + (retries + 1) + " attempts: some stay empty",
              "advised: at most " + retries + ", or more attempts"));
    }
    Order order = pipeline.choice("order", Order.class);
    if (topics > 0 && order != Order.UNORDERED && !retry.choice("overflow").equals("move")) {
      warnings.add(
          retry.warning(
              "retry-topics",
              "stay empty: with order " + order.label() + " only an overflow goes there",
              "advised: overflow: move, or order: unordered"));
    }
  }

  private void batches(List<ConfigError> warnings) {
    ConfigSection batch = pipeline.section("batch");
    int permits = pipeline.integer("concurrency");
    if (batch.isSet("messages") && batch.integer("messages") > permits) {
      warnings.add(
          batch.warning(
              "messages",
              "is more than concurrency: each message of a batch takes a permit, of " + permits,
              "advised: at most " + permits + ", or more concurrency"));
    }
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
    Duration cutOff = deadline.minus(longer(deadline.dividedBy(5), LEAST_MARGIN));
    Duration timeout = pipeline.duration("timeout");
    if (timeout.compareTo(cutOff) > 0) {
      Duration enough = timeout.plus(longer(timeout.dividedBy(4), LEAST_MARGIN));
      warnings.add(
          pipeline.warning(
              "timeout",
              "'%s' is more than revoke-deadline: %s leaves for work in a rebalance"
                  .formatted(pipeline.text("timeout"), source.section().text("revoke-deadline")),
              "advised: at most %s, or revoke-deadline: %s"
                  .formatted(Durations.print(cutOff), Durations.print(enough))));
    }
    return warnings;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /** What runs has as long as the lease when a shard goes to another instance. */
  private List<ConfigError> shards(ConfigSection shards) {
    List<ConfigError> warnings = new ArrayList<>();
    boolean said = pipeline.isSet("timeout") || shards.isSet("lease");
    if (said && pipeline.duration("timeout").compareTo(shards.duration("lease")) > 0) {
      warnings.add(
          pipeline.warning(
              "timeout",
              "'%s' is more than the lease of a shard, %s: what runs then may be repeated"
                  .formatted(pipeline.text("timeout"), shards.text("lease")),
              "advised: at most the lease"));
    }
    boolean tier = !pipeline.section("retry").durations("retry-topics").isEmpty(); // is no shard
    if (source.section().isSet("claim-idle") && !tier) {
      warnings.add(
          source
              .section()
              .warning(
                  "claim-idle",
                  "is not used: the entries of a shard pass on with its lease",
                  "advised: shards.lease"));
    }
    return warnings;
  }

  private List<ConfigError> redis() {
    if (source.section().isSet("shards")) {
      return shards(source.section().section("shards"));
    }
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
