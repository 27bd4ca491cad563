package dev.tailrace.app;

import dev.tailrace.dispatch.Order;
import dev.tailrace.observe.Alarm;
import dev.tailrace.processing.Crew;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.ResendingBatcher.Tally;
import dev.tailrace.sink.RetryTiers;
import dev.tailrace.sink.SinkFactory;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The ways of one consumer into its tiers of retries. Belongs to the consumer's loop. */
final class TierParts {
  private final List<SinkPart> sinks;
  private final RetryTiers tiers;
  private final boolean ordered;

  private TierParts(List<SinkPart> sinks, RetryTiers tiers, boolean ordered) {
    this.sinks = sinks;
    this.tiers = tiers;
    this.ordered = ordered;
  }

  /** Empty where the pipeline has no tiers; connects nothing. */
  static Optional<TierParts> of(Seat seat, Loop loop) {
    Pipeline pipeline = seat.pipeline();
    if (pipeline.retryTiers().isEmpty()) {
      return Optional.empty();
    }
    Map<SinkFactory, SinkPart> sinks = new LinkedHashMap<>();
    List<RetryTiers.Tier> each = new ArrayList<>();
    for (RetryTier tier : pipeline.retryTiers()) {
      SinkPart part =
          sinks.computeIfAbsent(
              tier.destination(),
              to -> new SinkPart(loop, "retries to " + to.destination(), to.sink(loop)));
      each.add(new RetryTiers.Tier(tier.delay(), part.sink()));
    }
    RetryTiers tiers = new RetryTiers(loop, pipeline.name(), each);
    tiers.onResending(
        (destination, cause) ->
            seat.events()
                .alarm(
                    pipeline.name(),
                    "",
                    cause instanceof UnfitException ? Alarm.REFUSED : Alarm.UNREACHABLE,
                    destination + ": " + cause.getMessage()));
    return Optional.of(
        new TierParts(List.copyOf(sinks.values()), tiers, pipeline.order() != Order.UNORDERED));
  }

  List<SinkPart> sinks() {
    return sinks;
  }

  Crew.Moving moving() {
    return new Crew.Moving(tiers, ordered);
  }

  Future<Tally> flush() {
    return tiers.flush();
  }

  void stopResending() {
    tiers.stopResending();
  }
}
