package dev.tailrace.app;

import dev.tailrace.app.PoolStatus.PipelineStatus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * What a process says of itself to its fleet. Immutable.
 *
 * @param instance its name
 * @param incarnation this run of it
 * @param host where it runs
 * @param version of Tailrace
 * @param state as of {@code /status}
 * @param since when it is in that state, in UTC
 * @param assignments the partitions and streams it holds
 * @param inFlight messages
 * @param finished messages since its start
 * @param perSecond how many finished a second, since it said so last
 * @param lag messages behind, as far as is known
 */
public record FleetMember(
    String instance,
    String incarnation,
    String host,
    String version,
    String state,
    String since,
    List<String> assignments,
    long inFlight,
    long finished,
    long perSecond,
    long lag) {
  /** The version of {@link #toJson}'s shape; newer ones only add to it. */
  public static final int SCHEMA = 1;

  /** Copies the list. */
  public FleetMember {
    assignments = List.copyOf(assignments);
  }

  /**
   * As its status says.
   *
   * @param finishedBefore when it said so last
   * @param seconds since then, at least 1
   */
  static FleetMember of(PoolStatus status, long finishedBefore, long seconds) {
    List<String> assignments = new ArrayList<>();
    long inFlight = 0;
    long finished = 0;
    long lag = 0;
    for (PipelineStatus pipeline : status.pipelines()) {
      inFlight += pipeline.counts().inFlight();
      finished += pipeline.counts().finishedTotal();
      for (var source : pipeline.sources()) {
        assignments.add(source.source());
        lag += Math.max(0, source.lag());
      }
    }
    PoolIdentity who = status.identity();
    return new FleetMember(
        who.instance(),
        who.incarnation(),
        who.host(),
        who.version(),
        status.state().label(),
        status.since().toString(),
        assignments,
        inFlight,
        finished,
        Math.max(0, finished - finishedBefore) / Math.max(1, seconds),
        lag);
  }

  /** As kept in the registry, and shown to programs. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("schema", SCHEMA)
        .put("instance", instance)
        .put("incarnation", incarnation)
        .put("host", host)
        .put("version", version)
        .put("state", state)
        .put("since", since)
        .put("assignments", new JsonArray(assignments))
        .put("inFlight", inFlight)
        .put("finished", finished)
        .put("perSecond", perSecond)
        .put("lag", lag);
  }

  /** Reads what a member of any version has said; what that did not say is empty. */
  static FleetMember of(JsonObject said) {
    return new FleetMember(
        said.getString("instance", ""),
        said.getString("incarnation", ""),
        said.getString("host", ""),
        said.getString("version", ""),
        said.getString("state", ""),
        said.getString("since", ""),
        said.getJsonArray("assignments", new JsonArray()).stream().map(String::valueOf).toList(),
        said.getLong("inFlight", 0L),
        said.getLong("finished", 0L),
        said.getLong("perSecond", 0L),
        said.getLong("lag", 0L));
  }
}
