package dev.tailrace.app;

import dev.tailrace.lifecycle.State;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.observe.MeterSnapshot;
import dev.tailrace.observe.MeterSnapshot.PartitionNumbers;
import dev.tailrace.observe.MeterSnapshot.PipelineNumbers;
import dev.tailrace.source.MarkHolder;
import dev.tailrace.source.SourceStatus.PartitionStatus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the pool stands at one instant: {@code GET /status}. Immutable. The numbers of each consumer
 * were taken in one turn of its loop.
 *
 * @param identity who it is
 * @param state the state of the whole
 * @param since since when
 * @param config which configuration runs
 * @param dependencies brokers and stores, one entry for each consumer's connection
 * @param pipelines in the order of the configuration
 * @param drain how long a drain would take, and its report once there is one
 */
public record PoolStatus(
    PoolIdentity identity,
    State state,
    Instant since,
    ConfigStamp config,
    List<Dependency> dependencies,
    List<PipelineStatus> pipelines,
    DrainOutlook drain) {

  /** The version of {@link #toJson}'s shape. */
  public static final int SCHEMA = 1;

  /** How a consumer's event loop is named among the dependencies while it does not answer. */
  static final String EVENT_LOOP = "event loop of ";

  /** Copies the lists. */
  public PoolStatus {
    dependencies = List.copyOf(dependencies);
    pipelines = List.copyOf(pipelines);
  }

  /** The event loops that do not answer; what blocks them is a handler. Empty is healthy. */
  public List<String> silentLoops() {
    return dependencies.stream()
        .map(Dependency::name)
        .filter(name -> name.startsWith(EVENT_LOOP))
        .toList();
  }

  /**
   * Which configuration runs.
   *
   * @param generation counts from 1
   * @param sha256 of the effective configuration, secrets masked; "" where built by code
   * @param lastReload when it was last replaced, or null
   */
  public record ConfigStamp(int generation, String sha256, @Nullable Instant lastReload) {}

  /**
   * A broker or store.
   *
   * @param name as {@code kafka orders}
   * @param state {@code connected} or {@code disconnected}
   * @param since since when
   * @param error the last error while disconnected, else null
   */
  public record Dependency(String name, String state, Instant since, @Nullable String error) {}

  /**
   * One pipeline, its consumers added up.
   *
   * @param name of the pipeline
   * @param state its own: running, paused, and so on
   * @param pausedBy why it is paused, in words; empty where it is not
   * @param grade A, B or C of promise P2, as it holds now
   * @param limit messages that may execute at once
   * @param stuck handlers past their time-out and the grace after it
   * @param counts of messages
   * @param oldest the oldest message in flight, or null
   * @param sources one entry per assigned partition or stream
   */
  public record PipelineStatus(
      String name,
      State state,
      List<String> pausedBy,
      String grade,
      int limit,
      int stuck,
      MessageCounts counts,
      @Nullable OldestMessage oldest,
      List<PartitionStatus> sources) {

    /** Copies the lists. */
    public PipelineStatus {
      pausedBy = List.copyOf(pausedBy);
      sources = List.copyOf(sources);
    }
  }

  /**
   * The message that has been in flight longest.
   *
   * @param source partition or stream
   * @param position in it
   * @param keyHash SHA-256 of its key, shortened; "" without a key
   * @param stage executing, buffered or parked
   * @param attempt from 1; 0 before the first
   * @param ageMillis since it was received
   */
  public record OldestMessage(
      String source, String position, String keyHash, String stage, int attempt, long ageMillis) {}

  /**
   * What a drain would be like.
   *
   * @param estimateMillis how long it would take by the pace of the last messages; -1 where unknown
   * @param fits whether all that is here would end before the tail
   * @param report the report, once there is one
   */
  public record DrainOutlook(long estimateMillis, boolean fits, @Nullable DrainReport report) {}

  /** The same numbers for the meters. */
  public MeterSnapshot meterSnapshot() {
    Map<String, PipelineNumbers> numbers = new LinkedHashMap<>();
    List<PartitionNumbers> partitions = new ArrayList<>();
    for (PipelineStatus pipeline : pipelines) {
      numbers.put(
          pipeline.name(),
          new PipelineNumbers(pipeline.counts(), pipeline.limit(), pipeline.stuck()));
      for (PartitionStatus source : pipeline.sources()) {
        partitions.add(
            new PartitionNumbers(
                pipeline.name(),
                source.source(),
                source.lag(),
                source.lagMillis(),
                source.gap(),
                source.gapAgeMillis()));
      }
    }
    return new MeterSnapshot(numbers, partitions, drain.estimateMillis());
  }

  /** The JSON of {@code GET /status}. */
  public JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("schema", SCHEMA)
            .put("name", identity.name())
            .put("instance", identity.instance())
            .put("incarnation", identity.incarnation())
            .put("version", identity.version())
            .put("state", state.label())
            .put("since", since.toString());
    json.put(
        "config",
        new JsonObject()
            .put("generation", config.generation())
            .put("sha256", config.sha256())
            .put(
                "lastReload", config.lastReload() == null ? null : config.lastReload().toString()));
    JsonArray needs = new JsonArray();
    dependencies.forEach(
        need ->
            needs.add(
                new JsonObject()
                    .put("name", need.name())
                    .put("state", need.state())
                    .put("since", need.since().toString())
                    .put("error", need.error())));
    JsonArray ways = new JsonArray();
    pipelines.forEach(pipeline -> ways.add(json(pipeline)));
    DrainReport report = drain.report();
    return json.put("dependencies", needs)
        .put("pipelines", ways)
        .put(
            "drain",
            new JsonObject()
                .put("estimateMillis", drain.estimateMillis())
                .put("fits", drain.fits())
                .put("report", report == null ? null : report.toJson()));
  }

  private static JsonObject json(PipelineStatus pipeline) {
    MessageCounts counts = pipeline.counts();
    JsonArray sources = new JsonArray();
    pipeline.sources().forEach(source -> sources.add(json(source)));
    OldestMessage oldest = pipeline.oldest();
    return new JsonObject()
        .put("name", pipeline.name())
        .put("state", pipeline.state().label())
        .put("pausedBy", new JsonArray(pipeline.pausedBy()))
        .put("grade", pipeline.grade())
        .put(
            "messages",
            new JsonObject()
                .put("received", counts.received())
                .put("finished", finished(counts))
                .put("released", counts.released())
                .put("abandoned", counts.abandoned())
                .put("inFlight", counts.inFlight()))
        .put(
            "inFlight",
            new JsonObject()
                .put("executing", counts.executing())
                .put("buffered", counts.buffered())
                .put("parked", counts.parked())
                .put("bytes", counts.bytes()))
        .put("oldest", oldest == null ? null : json(oldest))
        .put("sources", sources);
  }

  private static JsonObject json(OldestMessage oldest) {
    return new JsonObject()
        .put("source", oldest.source())
        .put("position", oldest.position())
        .put("stage", oldest.stage())
        .put("keyHash", oldest.keyHash())
        .put("attempt", oldest.attempt())
        .put("ageMillis", oldest.ageMillis());
  }

  private static JsonObject json(MarkHolder holder) {
    return new JsonObject().put("position", holder.position()).put("keyHash", holder.keyHash());
  }

  private static JsonObject json(PartitionStatus source) {
    MarkHolder holder = source.holder();
    return new JsonObject()
        .put("source", source.source())
        .put("epoch", source.epoch())
        .put("committed", source.committed())
        .put("lag", source.lag())
        .put("lagMillis", source.lagMillis())
        .put("gap", source.gap())
        .put("gapAgeMillis", source.gapAgeMillis())
        .put("gapHolder", holder == null ? null : json(holder))
        .put("paused", source.paused());
  }

  /** All five ways of finishing, also those that did not happen. */
  static JsonObject finished(MessageCounts counts) {
    JsonObject finished = new JsonObject();
    for (Finish finish : Finish.values()) {
      finished.put(finish.label(), counts.finished().getOrDefault(finish, 0L));
    }
    return finished;
  }
}
