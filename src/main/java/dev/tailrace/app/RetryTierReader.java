package dev.tailrace.app;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.Durations;
import dev.tailrace.sink.SinkFactory;
import dev.tailrace.source.SourceConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code retry-topics} of one pipeline; collects every mistake. */
final class RetryTierReader {
  private static final String TOPICS = "retry-topics";
  private static final String PREFIX = "retry-topics-prefix";
  private static final int MOST = 16;

  private final ConfigSection root;
  private final ConfigSection pipeline;
  private final ConfigSection retry;
  private final ConfigSection.Chosen written;
  private final SourceConfig source;
  private final List<ConfigError> errors;

  RetryTierReader(
      ConfigSection root, ConfigSection pipeline, SourceConfig source, List<ConfigError> errors) {
    this.root = root;
    this.pipeline = pipeline;
    this.retry = pipeline.section("retry");
    this.written = pipeline.oneOf("source");
    this.source = source;
    this.errors = errors;
  }

  /** The tiers; none where there are none, or a mistake was found, which is among the errors. */
  List<RetryTier> read() {
    List<Duration> delays = retry.durations(TOPICS);
    if (delays.isEmpty()) {
      if (retry.choice("overflow").equals("move")) {
        refuse(
            "overflow",
            "'move' has no tier of retries to go to",
            "allowed: with retry-topics only");
      }
      return List.of();
    }
    if (delays.size() > MOST || !grow(delays)) {
      refuse(TOPICS, "are no growing waits", "allowed: up to " + MOST + ", such as [1m, 10m, 1h]");
      return List.of();
    }
    List<RetryTier> tiers = new ArrayList<>();
    for (String delay : retry.texts(TOPICS)) {
      Optional<RetryTier> tier = tier(delay);
      if (tier.isEmpty()) {
        return List.of();
      }
      tiers.add(tier.get());
    }
    return tiers;
  }

  private static boolean grow(List<Duration> delays) {
    for (int i = 1; i < delays.size(); i++) {
      if (delays.get(i).compareTo(delays.get(i - 1)) <= 0) {
        return false;
      }
    }
    return true;
  }

  private Optional<RetryTier> tier(String delay) {
    String prefix =
        retry.optionalText(PREFIX).orElseGet(() -> source.retryPrefix(pipeline.text("name")));
    String name = source.retryName(prefix, delay);
    String where = retry.isSet(PREFIX) ? PREFIX : TOPICS;
    if (source.reads(name)) {
      refuse(where, "'" + name + "' is what this pipeline reads", "allowed: another " + PREFIX);
      return Optional.empty();
    }
    try {
      Optional<SourceConfig> reading = source.retryTier(name);
      if (reading.isEmpty()) {
        refuse(
            TOPICS, "of a source of type " + written.type() + " are not yet built", "allowed: []");
        return Optional.empty();
      }
      SinkFactory writing =
          PoolSchema.deadLetter(written.type()).retryTier(name, written.section(), root);
      return Optional.of(new RetryTier(Durations.parse(delay), reading.get(), writing));
    } catch (IllegalArgumentException noName) {
      String[] parts = String.valueOf(noName.getMessage()).split("; ", 2);
      refuse(where, parts[0], parts.length > 1 ? parts[1] : "allowed: another " + PREFIX);
    } catch (ConfigException refused) {
      errors.addAll(refused.errors());
    }
    return Optional.empty();
  }

  private void refuse(String key, String problem, String allowed) {
    errors.add(retry.error(key, problem, allowed));
  }
}
