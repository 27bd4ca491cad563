package dev.tailrace.kafka;

import dev.tailrace.observe.ClientMeters;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import org.apache.kafka.clients.consumer.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a native consumer counts of itself, in the pool's registry for as long as that consumer
 * lives. A registry that refuses is a warning and no more. To be bound once, before it is closed.
 */
final class BoundMeters {
  private static final Logger LOG = LoggerFactory.getLogger(BoundMeters.class);

  /** Nothing bound. */
  static final BoundMeters NONE = new BoundMeters(() -> {});

  private final Runnable unbind;

  private BoundMeters(Runnable unbind) {
    this.unbind = unbind;
  }

  /**
   * Binds them; a thread of Micrometer's looks once a minute which there are.
   *
   * @param consumer whose metrics may be read on any thread
   */
  static BoundMeters of(Consumer<?, ?> consumer, ClientMeters meters) {
    return meters
        .registry()
        .map(
            registry -> {
              KafkaClientMetrics metrics = new KafkaClientMetrics(consumer);
              try {
                metrics.bindTo(registry);
              } catch (RuntimeException refused) {
                LOG.warn("the client's metrics are not shown", refused);
              }
              return new BoundMeters(metrics::close);
            })
        .orElse(NONE);
  }

  /** Takes them out of the registry; twice is fine. */
  void close() {
    unbind.run();
  }
}
