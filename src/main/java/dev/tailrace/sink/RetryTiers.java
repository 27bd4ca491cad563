package dev.tailrace.sink;

import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import dev.tailrace.runtime.Batcher.BatcherLimits;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.ResendingBatcher;
import dev.tailrace.runtime.ResendingBatcher.Pauses;
import dev.tailrace.runtime.ResendingBatcher.Tally;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The tiers in which the messages of one consumer wait for later attempts, outside of the pool:
 * topics or streams, each with its delay, which the same pipeline reads. A message goes there as it
 * came, with {@link RetryHeaders} after its own; it is sent again while the answer is unknown, so
 * that a tier may hold it twice, never not at all. Belongs to its loop.
 */
public final class RetryTiers {
  private static final Logger LOG = LoggerFactory.getLogger(RetryTiers.class);
  private static final BatcherLimits LIMITS = new BatcherLimits(100, 4);

  private final Loop loop;
  private final String pipeline;
  private final List<Way> ways;
  private BiConsumer<String, Throwable> resending = (tier, cause) -> {}; // event loop only

  /**
   * One tier.
   *
   * @param delay how long a message waits in it at least, above zero
   * @param sink the way there, opened and closed by its owner
   */
  public record Tier(Duration delay, Sink sink) {}

  /**
   * Makes the ways there.
   *
   * @param tiers the shortest delay first, at least one
   */
  public RetryTiers(Loop loop, String pipeline, List<Tier> tiers) {
    if (tiers.isEmpty()) {
      throw new IllegalArgumentException("no tiers");
    }
    this.loop = loop;
    this.pipeline = pipeline;
    this.ways = tiers.stream().map(tier -> new Way(loop, tier)).toList();
  }

  /** How many there are, at least one. */
  public int size() {
    return ways.size();
  }

  /** How long a message waits at least in the tier with this number, from 0. */
  public Duration delay(int tier) {
    return ways.get(tier).delay;
  }

  /** Where the messages of this tier go, for people. */
  public String destination(int tier) {
    return ways.get(tier).destination;
  }

  /**
   * Has somebody told, on the loop, each time when messages begin to be sent again to a tier: its
   * destination, and what the first of them failed with.
   */
  public void onResending(BiConsumer<String, Throwable> told) {
    assert loop.inLoop();
    resending = told;
  }

  /**
   * Moves a message. Completes when the tier has acknowledged it; failed with {@link
   * MessageRefusedException} where it will never be taken as it is; otherwise unknown or failed
   * only after {@link #stopResending}. Never fails.
   *
   * @param tier from 0
   * @param place where the message lies until then
   * @param reason why its last attempt failed, in a few words
   */
  public Future<Reply<Sink.Sent>> move(
      int tier, Message message, Origin place, RetryTicket ticket, String reason) {
    assert loop.inLoop();
    return ways.get(tier).messages.submit(ticket.on(message, place, pipeline, reason));
  }

  /** Messages that no tier has acknowledged yet, and that were not given up. */
  public int pending() {
    return ways.stream().mapToInt(way -> way.messages.pending()).sum();
  }

  /** Completes when every message sent so far is answered or given up; never fails. */
  public Future<Tally> flush() {
    List<Future<Tally>> flushes = new ArrayList<>();
    ways.forEach(way -> flushes.add(way.messages.flush()));
    return Future.join(flushes)
        .map(
            joined -> flushes.stream().map(Future::result).reduce(new Tally(0, 0, 0), Tally::plus));
  }

  /** Sends nothing again from now on: what waits is answered with what is known of it at once. */
  public void stopResending() {
    ways.forEach(way -> way.messages.stopResending());
  }

  /** The way to one tier; says so when messages begin to be sent again, and when no longer. */
  private final class Way extends LetterDestination {
    private final Duration delay;
    private final String destination;
    private final ResendingBatcher<OutgoingMessage, Sink.Sent> messages;

    Way(Loop loop, Tier tier) {
      super(tier.sink());
      this.delay = tier.delay();
      this.destination = tier.sink().destination();
      this.messages = new ResendingBatcher<>(loop, LIMITS, Pauses.DEFAULT, this);
    }

    @Override
    public void resendingBegins(Throwable cause) {
      log(Level.WARN, "messages for later are not acknowledged; they are sent again");
      resending.accept(destination, cause);
    }

    @Override
    public void resendingEnds() {
      log(Level.INFO, "messages for later are acknowledged again");
    }

    private void log(Level level, String event) {
      LOG.atLevel(level)
          .addKeyValue("pipeline", pipeline)
          .addKeyValue("destination", destination)
          .log(event);
    }
  }
}
