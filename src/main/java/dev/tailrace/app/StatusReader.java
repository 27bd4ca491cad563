package dev.tailrace.app;

import dev.tailrace.app.PoolStatus.Dependency;
import dev.tailrace.app.PoolStatus.DrainOutlook;
import dev.tailrace.app.PoolStatus.OldestMessage;
import dev.tailrace.app.PoolStatus.PipelineStatus;
import dev.tailrace.dispatch.Oldest;
import dev.tailrace.lifecycle.Connection;
import dev.tailrace.lifecycle.DrainBudget;
import dev.tailrace.lifecycle.Lifecycle;
import dev.tailrace.lifecycle.State;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.runtime.Loop;
import dev.tailrace.source.SourceStatus;
import dev.tailrace.source.SourceStatus.PartitionStatus;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts together what the consumers say of themselves. */
final class StatusReader {
  private final PoolSettings settings;
  private final Lifecycle lifecycle;
  private final Consumers consumers;
  private final ConfigStanding standing;

  StatusReader(
      PoolSettings settings, Lifecycle lifecycle, Consumers consumers, ConfigStanding standing) {
    this.settings = settings;
    this.lifecycle = lifecycle;
    this.standing = standing;
    this.consumers = consumers;
  }

  /**
   * Completes when every consumer has answered, or had time to.
   *
   * @param asking the loop whose turn this is
   */
  Future<PoolStatus> read(Loop asking, @Nullable DrainReport report) {
    return consumers.standings(asking).map(standings -> status(standings, report));
  }

  private PoolStatus status(List<Consumers.Standing> standings, @Nullable DrainReport report) {
    List<Dependency> dependencies = new ArrayList<>();
    for (Consumers.Standing one : standings) {
      ConsumerStatus status = one.status();
      if (status != null) {
        dependencies.add(dependency(status));
        status.connections().forEach(way -> dependencies.add(dependency(way)));
      } else if (one.silent()) {
        dependencies.add(silent(one.seat()));
      }
    }
    Map<String, MessageCounts> counts = Consumers.counts(standings);
    List<PipelineStatus> pipelines = new ArrayList<>();
    for (Pipeline pipeline : consumers.pipelines().values()) {
      List<ConsumerStatus> its = new ArrayList<>();
      for (Consumers.Standing one : standings) {
        ConsumerStatus status = one.status();
        if (status != null && one.seat().pipeline().name().equals(pipeline.name())) {
          its.add(status);
        }
      }
      pipelines.add(
          pipeline(pipeline, its, counts.getOrDefault(pipeline.name(), MessageCounts.NONE)));
    }
    return new PoolStatus(
        settings.identity(),
        lifecycle.state(),
        lifecycle.since(),
        standing.stamp(),
        dependencies,
        pipelines,
        outlook(standings, report));
  }

  /** What blocks a loop is a handler; the consumer's other numbers are not known then. */
  private static Dependency silent(Seat seat) {
    return dependency(
        new Connection(
            PoolStatus.EVENT_LOOP + seat.name(), false, Instant.now(), "does not answer: blocked"));
  }

  private static Dependency dependency(ConsumerStatus consumer) {
    SourceStatus broker = consumer.broker();
    return dependency(
        new Connection(consumer.source(), broker.connected(), broker.since(), broker.error()));
  }

  private static Dependency dependency(Connection way) {
    return new Dependency(
        way.name(), way.connected() ? "connected" : "disconnected", way.since(), way.error());
  }

  private PipelineStatus pipeline(
      Pipeline pipeline, List<ConsumerStatus> consumers, MessageCounts counts) {
    List<String> pausedBy =
        consumers.stream().flatMap(one -> one.pausedBy().stream()).distinct().toList();
    List<PartitionStatus> sources =
        consumers.stream().flatMap(one -> one.broker().partitions().stream()).toList();
    OldestMessage oldest =
        consumers.stream()
            .flatMap(one -> one.oldest().stream())
            .max(Comparator.comparingLong(Oldest::ageMillis))
            .map(StatusReader::oldest)
            .orElse(null);
    State state = lifecycle.state();
    return new PipelineStatus(
        pipeline.name(),
        state == State.RUNNING && !pausedBy.isEmpty() ? State.PAUSED : state,
        pausedBy,
        consumers.stream().map(ConsumerStatus::grade).findFirst().orElse(""),
        consumers.stream().mapToInt(ConsumerStatus::limit).sum(),
        consumers.stream().mapToInt(ConsumerStatus::stuck).sum(),
        counts,
        oldest,
        sources);
  }

  private static OldestMessage oldest(Oldest oldest) {
    return new OldestMessage(
        oldest.source(),
        oldest.position(),
        oldest.keyHash(),
        oldest.stage(),
        oldest.attempt(),
        oldest.ageMillis());
  }

  /** What is in flight, at the pace of the last messages. */
  private DrainOutlook outlook(List<Consumers.Standing> standings, @Nullable DrainReport report) {
    DrainForecast forecast = DrainForecast.of(standings);
    DrainBudget budget = DrainBudget.of(standing.drain(), consumers.longestTimeout());
    return new DrainOutlook(forecast.millis(), forecast.fits(budget.cancelAt()), report);
  }
}
