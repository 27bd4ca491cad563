package dev.tailrace.app;

import dev.tailrace.app.PoolStatus.PipelineStatus;
import dev.tailrace.lifecycle.State;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
 * @param unknownLags of how many of its assignments that is not known
 * @param orders the words that it obeys
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
    long lag,
    int unknownLags,
    List<String> orders) {
  /** The version of {@link #toJson}'s shape; newer ones only add to it. */
  public static final int SCHEMA = 1;

  /** Copies the lists. */
  public FleetMember {
    assignments = List.copyOf(assignments);
    orders = List.copyOf(orders);
  }

  /**
   * As its status says.
   *
   * @param finishedBefore when it said so last
   * @param since then, positive
   * @param orders the words that it obeys
   */
  static FleetMember of(
      PoolStatus status, long finishedBefore, Duration since, List<String> orders) {
    List<String> assignments = new ArrayList<>();
    long inFlight = 0;
    long finished = 0;
    long lag = 0;
    int unknown = 0;
    for (PipelineStatus pipeline : status.pipelines()) {
      inFlight += pipeline.counts().inFlight();
      finished += pipeline.counts().finishedTotal();
      for (var source : pipeline.sources()) {
        assignments.add(source.source());
        lag += Math.max(0, source.lag());
        unknown += source.lag() < 0 ? 1 : 0;
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
        Math.max(0, finished - finishedBefore) * 1_000 / Math.max(1, since.toMillis()),
        lag,
        unknown,
        orders);
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
        .put("lag", lag)
        .put("unknownLags", unknownLags)
        .put("orders", new JsonArray(orders));
  }

  /** Whether it obeys this order; those of versions that know of none do not. */
  boolean obeys(FleetOrder.Verb verb) {
    return orders.contains(verb.label());
  }

  /** Whether it is in this state. */
  boolean is(State known) {
    return state.equals(known.label());
  }

  /**
   * Reads what a member of any version has said: what that did not say is empty, and what it says
   * beyond this is passed over.
   */
  static FleetMember of(JsonObject said) {
    return new FleetMember(
        said.getString("instance", ""),
        said.getString("incarnation", ""),
        said.getString("host", ""),
        said.getString("version", ""),
        said.getString("state", ""),
        said.getString("since", ""),
        texts(said, "assignments"),
        said.getLong("inFlight", 0L),
        said.getLong("finished", 0L),
        said.getLong("perSecond", 0L),
        said.getLong("lag", 0L),
        said.getInteger("unknownLags", 0),
        texts(said, "orders"));
  }

  /** As {@link #of(JsonObject)}; empty where it says nothing that can be read. */
  static Optional<FleetMember> read(String said) {
    try {
      return Optional.of(of(new JsonObject(said)));
    } catch (DecodeException | ClassCastException other) {
      return Optional.empty();
    }
  }

  private static List<String> texts(JsonObject said, String key) {
    return said.getJsonArray(key, new JsonArray()).stream().map(String::valueOf).toList();
  }
}
