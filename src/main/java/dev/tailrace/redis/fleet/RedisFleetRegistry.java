package dev.tailrace.redis.fleet;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.lifecycle.FleetOrders;
import dev.tailrace.lifecycle.FleetRegistry;
import dev.tailrace.lifecycle.FleetRegistryFactory;
import dev.tailrace.redis.link.KeyLinks;
import dev.tailrace.redis.link.Link;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisScript;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A fleet's list in Redis: one script for all that is done with it, by the server's clock, which
 * also takes out who has not been heard of. Belongs to its loop.
 */
public final class RedisFleetRegistry implements FleetRegistry {
  /** A list that nobody touches any more is forgotten. */
  private static final Duration MEMORY = Duration.ofDays(1);

  private static final RedisScript FLEET = RedisScript.load(RedisFleetRegistry.class, "fleet.lua");

  private final Link link;
  private final String key;
  private final RedisFleetOrders orders;

  private RedisFleetRegistry(Vertx vertx, Loop loop, RedisConfig config, String name) {
    this.key = "tailrace:{" + name + "}:fleet";
    this.link = KeyLinks.single(vertx, loop, config, key);
    this.orders = new RedisFleetOrders(link, loop, key);
  }

  /** In this server. */
  public static FleetRegistryFactory in(RedisConfig config) {
    return (loop, name) ->
        new RedisFleetRegistry(Vertx.currentContext().owner(), loop, config, name);
  }

  /** In the server of the root section {@code redis}. */
  public static FleetRegistryFactory read(ConfigSection root) throws ConfigException {
    return in(RedisConfig.read(root));
  }

  @Override
  public Future<Void> open() {
    return link.open();
  }

  @Override
  public Future<Reply<Boolean>> keep(String member, String said, Duration length) {
    return link.run(call("keep", member, said, length), all -> true);
  }

  @Override
  public Future<Reply<Boolean>> leave(String member, String lastWords, Duration memory) {
    return link.run(call("leave", member, lastWords, memory), all -> true);
  }

  @Override
  public Future<Reply<String>> lastWords(String member) {
    return link.send(
        Request.cmd(Command.GET).arg(lastWordsKey(member)),
        words -> words == null ? "" : words.toString());
  }

  @Override
  public FleetOrders orders() {
    return orders;
  }

  @Override
  public Future<Reply<List<String>>> members() {
    return link.run(call("list", "", "", Duration.ZERO), RedisFleetRegistry::texts);
  }

  @Override
  public Future<Void> close() {
    return link.close();
  }

  private String lastWordsKey(String member) {
    return key + ":last:" + member;
  }

  private RedisScript.Call call(String what, String member, String said, Duration length) {
    return FLEET
        .call()
        .key(key)
        .key(key + ":until")
        .key(lastWordsKey(member))
        .arg(what)
        .arg(member)
        .arg(said)
        .arg(length.toMillis())
        .arg(MEMORY.toMillis());
  }

  private static List<String> texts(@Nullable Response all) {
    List<String> texts = new ArrayList<>();
    if (all != null) {
      all.forEach(one -> texts.add(one.toString()));
    }
    return texts;
  }
}
