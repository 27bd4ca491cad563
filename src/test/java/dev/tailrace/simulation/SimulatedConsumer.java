package dev.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatch.DispatchConfig;
import dev.tailrace.dispatch.Dispatcher;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.PoolEventsFanOut;
import dev.tailrace.observe.Subject;
import dev.tailrace.processing.Crew;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.runtime.Choices;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Workers;
import dev.tailrace.sink.DeadLetters;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The production core of one consumer on a simulated loop. */
final class SimulatedConsumer {
  /** The one pipeline of all simulated consumers. */
  static final String PIPELINE = "orders";

  final SimulatedLoop loop;
  final SimulatedSource source;
  final Dispatcher dispatcher;
  final Set<Message> settled = new HashSet<>();
  private final DispatchConfig config;

  SimulatedConsumer(
      SimulatedLoop loop,
      SimulatedBroker broker,
      Choices choices,
      DispatchConfig config,
      MessageHandler handler) {
    this(loop, broker, choices, new Pool(config, handler, new PoolEvents() {}));
  }

  SimulatedConsumer(SimulatedLoop loop, SimulatedBroker broker, Choices choices, Pool pool) {
    this.loop = loop;
    this.config = pool.config();
    this.source = new SimulatedSource(broker, loop, choices, pool.events());
    Crew crew =
        new Crew(
            config.pipeline(),
            loop,
            new PoolEventsFanOut(List.of(new Settled(), pool.events())),
            pool.handler(),
            new Workers("simulated", config.concurrency()),
            Crew.Timing.of(Duration.ofSeconds(10)),
            pool.retry(),
            pool.claims(),
            pool.deadLetters());
    this.dispatcher = new Dispatcher(config, crew, source);
    loop.turn(() -> source.open(dispatcher));
  }

  /**
   * What tells one consumer's pool from another's.
   *
   * @param config its limits
   * @param handler of its messages
   * @param events hears of it
   * @param claims of its keys, or null
   * @param deadLetters where exhausted messages go, or null
   * @param retry when failed messages run again
   */
  record Pool(
      DispatchConfig config,
      MessageHandler handler,
      PoolEvents events,
      Crew.@Nullable Claiming claims,
      @Nullable DeadLetters deadLetters,
      RetryPolicy retry) {
    private static final RetryPolicy QUICK =
        RetryPolicy.DEFAULT.withBackoff(Duration.ofMillis(5), Duration.ofMillis(50));

    Pool(
        DispatchConfig config,
        MessageHandler handler,
        PoolEvents events,
        Crew.@Nullable Claiming claims,
        @Nullable DeadLetters deadLetters) {
      this(config, handler, events, claims, deadLetters, QUICK);
    }

    Pool(DispatchConfig config, MessageHandler handler, PoolEvents events) {
      this(config, handler, events, null, null);
    }
  }

  private final class Settled implements PoolEvents {
    @Override
    public void settled(Subject subject, Finish finish, String detail) {
      settled.add(subject.message());
    }
  }

  MessageCounts counts() {
    return loop.call(dispatcher::counts);
  }

  /** P4 and P10, at this instant. */
  void checkBounds() {
    MessageCounts counts = counts();
    assertThat(counts.received())
        .as("received = finished + released + abandoned + in flight: %s", counts)
        .isEqualTo(
            counts.finishedTotal() + counts.released() + counts.abandoned() + counts.inFlight());
    assertThat(counts.executing()).isBetween(0, config.concurrency());
    assertThat(counts.parked()).isBetween(0, config.parked());
    assertThat(counts.buffered() + counts.parked())
        .isBetween(0, config.bufferMessages() + SimulatedSource.POLL);
  }
}
