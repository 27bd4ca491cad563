package dev.tailrace.app;

import dev.tailrace.lifecycle.FleetOrders;
import dev.tailrace.lifecycle.FleetRegistry;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A registry whose members are what the test says. */
final class ManualFleet implements FleetRegistry, FleetOrders {
  final Map<String, FleetMember> members = new LinkedHashMap<>(); // by incarnation
  final Map<String, String> words = new LinkedHashMap<>();
  final List<String> given = new ArrayList<>();
  String leader = "";
  Consumer<String> lost = why -> {};
  boolean resigned;

  /** Puts a member in the list, or changes it. */
  FleetMember with(String instance, String incarnation, String state, long lag) {
    FleetMember member =
        new FleetMember(
            instance,
            incarnation,
            "host",
            "1.0",
            state,
            "",
            List.of(instance + "/0"),
            0,
            0,
            0,
            lag,
            0,
            List.of("drain", "replace", "pause", "resume"));
    members.put(incarnation, member);
    return member;
  }

  /** A member leaves. */
  void ends(String incarnation, String result) {
    members.remove(incarnation);
    words.put(incarnation, new JsonObject().put("result", result).put("exitCode", 6).encode());
  }

  @Override
  public Future<Void> open() {
    return Future.succeededFuture();
  }

  @Override
  public Future<Reply<Boolean>> keep(String member, String said, Duration length) {
    return ok(true);
  }

  @Override
  public Future<Reply<Boolean>> leave(String member, String lastWords, Duration memory) {
    return ok(true);
  }

  @Override
  public Future<Reply<List<String>>> members() {
    return ok(members.values().stream().map(one -> one.toJson().encode()).toList());
  }

  @Override
  public Future<Reply<String>> lastWords(String member) {
    return ok(words.getOrDefault(member, ""));
  }

  @Override
  public FleetOrders orders() {
    return this;
  }

  @Override
  public Future<Reply<Answer>> give(String member, String order, Duration good, boolean leading) {
    if (!members.containsKey(member)) {
      return ok(Answer.GONE);
    }
    given.add(new JsonObject(order).getString("verb") + " " + member);
    return ok(Answer.GIVEN);
  }

  @Override
  public Future<Reply<List<Waiting>>> take(String member) {
    return ok(List.of());
  }

  @Override
  public Future<Reply<Boolean>> done(String member, String order) {
    return ok(true);
  }

  @Override
  public Future<Reply<String>> lead(Consumer<String> whenLost) {
    lost = whenLost;
    return ok(leader);
  }

  @Override
  public Future<Reply<Boolean>> resign() {
    resigned = true;
    return ok(true);
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  private static <T> Future<Reply<T>> ok(T value) {
    return Future.succeededFuture(Reply.ok(value));
  }
}
