package dev.tailrace.app;

import dev.tailrace.app.PoolStatus.ConfigStamp;
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
import dev.tailrace.source.SourceStatus;
import dev.tailrace.source.SourceStatus.PartitionStatus;
import io.vertx.core.Future;
import java.time.Duration;
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

  StatusReader(PoolSettings settings, Lifecycle lifecycle, Consumers consumers) {
    this.settings = settings;
    this.lifecycle = lifecycle;
    this.consumers = consumers;
  }

  /** Completes when every consumer has answered. */
  Future<PoolStatus> read(@Nullable DrainReport report) {
    return consumers
        .standings()
        .compose(standings -> consumers.counts().map(counts -> status(standings, counts, report)));
  }

  private PoolStatus status(
      List<Consumers.Standing> standings,
      Map<String, MessageCounts> counts,
      @Nullable DrainReport report) {
    List<Dependency> dependencies = new ArrayList<>();
    for (Consumers.Standing one : standings) {
      dependencies.add(dependency(one.status()));
      one.status().connections().forEach(way -> dependencies.add(dependency(way)));
    }
    List<PipelineStatus> pipelines = new ArrayList<>();
    for (Pipeline pipeline : settings.pipelines().values()) {
      List<ConsumerStatus> its =
          standings.stream()
              .filter(one -> one.seat().pipeline() == pipeline)
              .map(Consumers.Standing::status)
              .toList();
      pipelines.add(
          pipeline(pipeline, its, counts.getOrDefault(pipeline.name(), MessageCounts.NONE)));
    }
    return new PoolStatus(
        settings.identity(),
        lifecycle.state(),
        lifecycle.since(),
        new ConfigStamp(1, settings.configSha256(), null),
        dependencies,
        pipelines,
        outlook(counts, report));
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
        oldest.source(), oldest.position(), oldest.stage(), oldest.attempt(), oldest.ageMillis());
  }

  /** What is in flight, at the pace since the pool began to run. */
  private DrainOutlook outlook(Map<String, MessageCounts> counts, @Nullable DrainReport report) {
    MessageCounts all = counts.values().stream().reduce(MessageCounts.NONE, MessageCounts::plus);
    DrainBudget budget = DrainBudget.of(settings.drain(), consumers.longestTimeout());
    long millis = Math.max(1, Duration.between(lifecycle.begun(), Instant.now()).toMillis());
    long estimate =
        all.inFlight() == 0
            ? 0
            : all.finishedTotal() == 0 ? -1 : all.inFlight() * millis / all.finishedTotal();
    boolean fits = estimate >= 0 && estimate <= budget.cancelAt().toMillis();
    return new DrainOutlook(estimate, fits, report);
  }
}
