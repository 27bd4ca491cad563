package dev.tailrace.app;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.dispatch.Order;
import dev.tailrace.idempotency.ClaimConfig.WhenUnavailable;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.idempotency.KeyRule.OnMissing;
import dev.tailrace.idempotency.StoreFactory;
import dev.tailrace.message.HandlerFactory;
import dev.tailrace.processing.BatchLimits;
import dev.tailrace.processing.BreakerPolicy;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.sink.SinkFactory;
import dev.tailrace.source.SourceConfig;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads one item of {@code pipelines}; collects every mistake before it refuses. */
final class PipelineReader {
  private final ConfigSection root;
  private final ConfigSection section;
  private final Plugins plugins;
  private final List<ConfigError> errors;

  PipelineReader(
      ConfigSection root, ConfigSection section, Plugins plugins, List<ConfigError> errors) {
    this.root = root;
    this.section = section;
    this.plugins = plugins;
    this.errors = errors;
  }

  /** The pipeline with these limits; empty where a mistake was found, which is among the errors. */
  Optional<Pipeline> read(PipelineLimits limits) {
    ConfigSection.Chosen source = section.oneOf("source");
    SourceConfig from =
        reading(() -> PoolSchema.source(source.type()).read(source.section(), root));
    HandlerFactory handler = reading(() -> new HandlerReader(plugins, section).read());
    SinkFactory deadLetter = deadLetter(source.type(), from);
    List<RetryTier> tiers =
        from == null ? List.of() : new RetryTierReader(root, section, from, errors).read();
    Idempotency idempotency = idempotency();
    if (from == null || handler == null) {
      return Optional.empty();
    }
    Pipeline.Builder builder =
        Pipeline.named(section.text("name"))
            .source(from)
            .handler(handler, handlerConfig())
            .order(section.choice("order", Order.class))
            .limits(limits)
            .batches(batches())
            .timeout(section.duration("timeout"))
            .retry(retry(tiers))
            .retryTiers(tiers);
    if (deadLetter != null) {
      builder.deadLetter(deadLetter);
    }
    if (idempotency != null) {
      builder.idempotency(idempotency);
    }
    if (section.choice("on-stuck").equals("exit")) {
      builder.exitOnStuck();
    }
    return Optional.of(builder.build());
  }

  /** The limits as they are written, before the bounds of the process. */
  PipelineLimits limits() {
    ConfigSection buffer = section.section("buffer");
    return new PipelineLimits(
        section.integer("concurrency"),
        buffer.integer("messages"),
        buffer.size("bytes"),
        section.section("retry").integer("parked"));
  }

  private BatchLimits batches() {
    ConfigSection batch = section.section("batch");
    return new BatchLimits(
        batch.integer("messages"), batch.size("bytes"), batch.duration("max-wait"));
  }

  private JsonObject handlerConfig() {
    ConfigSection.Chosen chosen = section.oneOf("handler");
    return chosen.type().equals(PoolSchema.JAVA)
        ? new JsonObject(chosen.section().raw("config"))
        : new JsonObject();
  }

  private @Nullable SinkFactory deadLetter(String broker, @Nullable SourceConfig source) {
    Optional<WrittenDeadLetter> written = WrittenDeadLetter.of(section);
    if (written.isEmpty()) {
      return null;
    }
    String destination = written.get().destination();
    SinkFactory factory = reading(() -> written.get().read(root));
    boolean sameBroker = factory != null && factory.isSameAs(broker, destination);
    if (sameBroker && source != null && source.reads(destination)) {
      errors.add(
          section.error(
              "dead-letter",
              "'" + destination + "' is what this pipeline reads",
              "allowed: another " + written.get().type().destinationKey()));
    }
    return factory;
  }

  private @Nullable Idempotency idempotency() {
    ConfigSection idempotency = section.section("idempotency");
    String store = idempotency.choice("store");
    if (store.equals("none")) {
      return null;
    }
    StoreFactory factory = reading(() -> PoolSchema.store(store).read(root, idempotency));
    KeyRule rule = keyRule(idempotency);
    return factory == null || rule == null
        ? null
        : new Idempotency(
            factory,
            rule,
            idempotency.duration("lease"),
            idempotency.duration("retention"),
            WhenUnavailable.parse(idempotency.choice("on-unavailable")));
  }

  private @Nullable KeyRule keyRule(ConfigSection idempotency) {
    try {
      return KeyRule.parse(
          idempotency.text("key"), OnMissing.parse(idempotency.choice("on-missing")));
    } catch (IllegalArgumentException wrong) {
      String[] parts = String.valueOf(wrong.getMessage()).split("; ", 2);
      errors.add(
          idempotency.error("key", parts[0], parts.length > 1 ? parts[1] : "allowed: a key rule"));
      return null;
    }
  }

  /** Without a tier nothing can move, which is among the errors by now. */
  private RetryPolicy retry(List<RetryTier> tiers) {
    RetryPolicy policy = retry();
    return tiers.isEmpty() && policy.overflow() == RetryPolicy.Overflow.MOVE
        ? policy.with(RetryPolicy.Overflow.PAUSE)
        : policy;
  }

  private RetryPolicy retry() {
    ConfigSection retry = section.section("retry");
    return new RetryPolicy(
        retry.integer("attempts"),
        retry.duration("backoff"),
        retry.duration("max-backoff"),
        retry.choice("jitter").equals("full"),
        retry.texts("permanent"),
        retry.choice("on-exhausted", RetryPolicy.OnExhausted.class),
        retry.choice("overflow", RetryPolicy.Overflow.class),
        BreakerPolicy.DEFAULT.withPercent(retry.percent("breaker")));
  }

  private <T> @Nullable T reading(Reading<T> reading) {
    try {
      return reading.read();
    } catch (ConfigException refused) {
      errors.addAll(refused.errors());
      return null;
    }
  }

  /** A step that may be refused. */
  private interface Reading<T> {
    T read() throws ConfigException;
  }
}
