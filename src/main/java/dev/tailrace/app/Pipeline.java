package dev.tailrace.app;

import dev.tailrace.dispatch.Order;
import dev.tailrace.message.BatchHandler;
import dev.tailrace.message.BlockingHandler;
import dev.tailrace.message.HandlerFactory;
import dev.tailrace.message.HandlerShape;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.processing.BatchLimits;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.sink.SinkFactory;
import dev.tailrace.source.SourceConfig;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The way of messages from one source through one handler; immutable, and made by {@link #named}.
 * It does nothing by itself: it is given to a {@link Tailrace} or to a {@link ConsumerVerticle}.
 */
public final class Pipeline {
  /** The header by which the messages of a trial are told apart. */
  public static final String TRIAL_KEY = "idempotency-key";

  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,63}");

  private final String name;
  private final SourceConfig source;
  private final HandlerFactory handler;
  private final JsonObject handlerConfig;
  private final Order order;
  private final PipelineLimits limits;
  private final BatchLimits batches;
  private final Duration timeout;
  private final RetryPolicy retry;
  private final @Nullable Idempotency idempotency;
  private final @Nullable SinkFactory deadLetter;
  private final List<RetryTier> retryTiers;
  private final List<SourceConfig> retrySources;
  private final List<PoolEvents> readers;
  private final boolean exitOnStuck;

  private Pipeline(Builder builder, SourceConfig source, HandlerFactory handler) {
    this.name = builder.name;
    this.source = source;
    this.handler = handler;
    this.handlerConfig = builder.handlerConfig;
    this.order = builder.order;
    this.limits = builder.limits;
    this.batches = builder.batches;
    this.timeout = builder.timeout;
    this.retry = builder.retry;
    this.idempotency = builder.idempotency;
    this.deadLetter = builder.deadLetter;
    this.retryTiers = builder.retryTiers;
    this.retrySources = retryTiers.stream().map(RetryTier::source).distinct().toList();
    this.exitOnStuck = builder.exitOnStuck;
    this.readers = List.copyOf(builder.readers);
  }

  /**
   * Begins a pipeline.
   *
   * @param name 1 to 63 of the characters a-z, 0-9 and -
   */
  public static Builder named(String name) {
    return new Builder(name);
  }

  /** Its name. */
  public String name() {
    return name;
  }

  SourceConfig source() {
    return source;
  }

  HandlerFactory handler() {
    return handler;
  }

  JsonObject handlerConfig() {
    return handlerConfig;
  }

  Order order() {
    return order;
  }

  /** Its bounds in this process. */
  public PipelineLimits limits() {
    return limits;
  }

  BatchLimits batches() {
    return batches;
  }

  Duration timeout() {
    return timeout;
  }

  RetryPolicy retry() {
    return retry;
  }

  @Nullable Idempotency idempotency() {
    return idempotency;
  }

  @Nullable SinkFactory deadLetter() {
    return deadLetter;
  }

  List<RetryTier> retryTiers() {
    return retryTiers;
  }

  /** How the tiers are read; several may be one place. */
  List<SourceConfig> retrySources() {
    return retrySources;
  }

  List<PoolEvents> readers() {
    return readers;
  }

  boolean exitOnStuck() {
    return exitOnStuck;
  }

  /** Whether a store knows messages that come again. */
  public boolean knowsRepeats() {
    return idempotency != null;
  }

  /**
   * The same work without its effects, to be measured: order, limits and store are this pipeline's,
   * and what is read is one topic or stream alone, until its end. Where a store knows repeated
   * messages, it knows these by their header {@link #TRIAL_KEY}. Nothing is moved elsewhere, and
   * nobody reads its events. Empty where this kind of source cannot be tried.
   *
   * @param name of the trial, as {@link #named} takes it
   * @param topic what is read
   * @param group a consumer group that has read nothing yet
   * @param instead the handler
   */
  public Optional<Pipeline> trial(String name, String topic, String group, HandlerFactory instead) {
    return source
        .trial(topic, group)
        .map(
            tried -> {
              Builder builder =
                  named(name)
                      .source(tried)
                      .handler(instead, new JsonObject())
                      .order(order)
                      .limits(limits)
                      .timeout(timeout);
              return (idempotency == null
                      ? builder
                      : builder.idempotency(idempotency.forTrial(TRIAL_KEY)))
                  .build();
            });
  }

  /**
   * What the broker's client alone does with a trial: it reads all there is, calls what it is given
   * for each message, and blocks meanwhile. Empty where nobody has built that.
   */
  public Optional<Consumer<Runnable>> bareTrial(String topic, String group) {
    return source.trial(topic, group).flatMap(SourceConfig::bareReader).map(reader -> reader::read);
  }

  /** Prints as its name. */
  @Override
  public String toString() {
    return name;
  }

  /**
   * Makes a pipeline; not thread-safe. A source and a handler must be given, the rest has defaults.
   */
  public static final class Builder {
    private final String name;
    private final List<PoolEvents> readers = new ArrayList<>();
    private @Nullable SourceConfig source;
    private @Nullable HandlerFactory handler;
    private JsonObject handlerConfig = new JsonObject();
    private Order order = Order.KEY;
    private PipelineLimits limits = PipelineLimits.DEFAULT;
    private BatchLimits batches = BatchLimits.DEFAULT;
    private Duration timeout = Duration.ofSeconds(10);
    private RetryPolicy retry = RetryPolicy.DEFAULT;
    private @Nullable Idempotency idempotency;
    private @Nullable SinkFactory deadLetter;
    private List<RetryTier> retryTiers = List.of();
    private boolean exitOnStuck;

    private Builder(String name) {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "a pipeline's name is 1 to 63 of the characters a-z, 0-9 and -, not '" + name + "'");
      }
      this.name = name;
    }

    /** Where the messages come from. */
    public Builder source(SourceConfig config) {
      source = config;
      return this;
    }

    /** An asynchronous handler, shared by all consumers: it runs on each one's event loop. */
    public Builder handle(MessageHandler shared) {
      return handler(() -> shared);
    }

    /** A handler that may block, shared by all consumers and called on many threads at once. */
    public Builder handleBlocking(BlockingHandler shared) {
      return handler(() -> shared);
    }

    /** An asynchronous handler of batches, shared by all consumers. */
    public Builder handleBatch(BatchHandler shared) {
      return handler(() -> shared);
    }

    /** A handler of any shape, made once per consumer, on its event loop. */
    public Builder handler(Supplier<? extends HandlerShape> perConsumer) {
      return handler(environment -> perConsumer.get(), new JsonObject());
    }

    /** A handler made once per consumer, with a configuration of its own. */
    public Builder handler(HandlerFactory perConsumer, JsonObject config) {
      handler = perConsumer;
      handlerConfig = config.copy();
      return this;
    }

    /** Which messages run one after the other; by default those of one key. */
    public Builder order(Order which) {
      order = which;
      return this;
    }

    /** Its bounds in this process, divided over its consumers. */
    public Builder limits(PipelineLimits bounds) {
      limits = bounds;
      return this;
    }

    /** When a batch is full, or waits no longer; of use with a handler of batches only. */
    public Builder batches(BatchLimits bounds) {
      batches = bounds;
      return this;
    }

    /** How long one call may take before it is asked to cancel; more than zero, default 10 s. */
    public Builder timeout(Duration ofOneCall) {
      if (ofOneCall.isZero() || ofOneCall.isNegative()) {
        throw new IllegalArgumentException("timeout must be more than zero, not " + ofOneCall);
      }
      timeout = ofOneCall;
      return this;
    }

    /** When failed messages run again, and how often. */
    public Builder retry(RetryPolicy policy) {
      retry = policy;
      return this;
    }

    /** How repeated messages are recognized; by default they are not. */
    public Builder idempotency(Idempotency how) {
      idempotency = how;
      return this;
    }

    /** Where messages go that cannot be processed; without it they hold their position. */
    public Builder deadLetter(SinkFactory destination) {
      deadLetter = destination;
      return this;
    }

    /**
     * Where failed messages wait for later attempts, outside of the pool, the shortest delay first;
     * by default nowhere.
     *
     * @throws IllegalArgumentException where the delays do not grow
     */
    public Builder retryTiers(List<RetryTier> tiers) {
      RetryTier.checkGrowing(tiers);
      retryTiers = List.copyOf(tiers);
      return this;
    }

    /** In a pool, drains all of it when a handler runs past its time-out and the grace after it. */
    public Builder exitOnStuck() {
      exitOnStuck = true;
      return this;
    }

    /** Adds a reader of this pipeline's events. */
    public Builder events(PoolEvents reader) {
      readers.add(reader);
      return this;
    }

    /**
     * The pipeline.
     *
     * @throws IllegalStateException where the source or the handler is missing, or a tier of
     *     retries that overflows should move to
     */
    public Pipeline build() {
      if (source == null || handler == null) {
        throw new IllegalStateException(
            "pipeline " + name + " has no " + (source == null ? "source" : "handler"));
      }
      if (retry.overflow() == RetryPolicy.Overflow.MOVE && retryTiers.isEmpty()) {
        throw new IllegalStateException("pipeline " + name + " overflows, and has no retry tier");
      }
      return new Pipeline(this, source, handler);
    }
  }
}
