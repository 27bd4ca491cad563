package dev.tailrace.redis.stream;

import dev.tailrace.redis.link.KeyLinks;
import dev.tailrace.redis.link.Link;
import dev.tailrace.redis.link.RedisServers;
import dev.tailrace.redis.link.ServerError;
import dev.tailrace.redis.link.ServerInfo;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.UnfitException;
import dev.tailrace.source.Until;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whether a server lets us read streams: that it evicts nothing of what is needed, and that our
 * user may send every command. Found out at the start, and not when an entry is in hand that can
 * then be neither kept nor acknowledged.
 *
 * <p>A server says that a command is not allowed before it looks at what is asked. So each command
 * is sent such that it does nothing where it is: with an id that is none, or of a group that nobody
 * has.
 */
final class StreamAccess {
  private static final String NONE = "tailrace:none";

  /** Of a stream's group, with the key, or one beside it, beside those that scripts call. */
  private static final List<String> STREAM =
      List.of(
          "XREADGROUP GROUP none none COUNT 1 STREAMS @ none",
          "XAUTOCLAIM @ none none none 0-0",
          "XACK @ " + NONE + " none",
          "XINFO GROUPS @",
          "XPENDING @ " + NONE + " - + 1",
          "XCLAIM @ " + NONE + " none none 0-0",
          "XRANGE @ none none",
          "XGROUP DELCONSUMER @ " + NONE + " none",
          "GET @",
          "SET @ none none",
          "PEXPIRE @ none",
          "DEL &",
          "TIME",
          "EVALSHA none 1 @",
          "EVAL none none");

  /** What shards need beside these; XAUTOCLAIM they do not. */
  private static final List<String> SHARD =
      List.of(
          "EXISTS @",
          "XREAD COUNT 1 STREAMS @ none",
          "XINFO CONSUMERS @ " + NONE,
          "ZADD @ none none",
          "ZREM @ none",
          "ZRANGE @ none none",
          "ZREMRANGEBYSCORE @ none none");

  private final Link link;
  private final RedisSourceConfig config;
  private final String key;

  private StreamAccess(Link link, RedisSourceConfig config, String key) {
    this.link = link;
    this.config = config;
    this.key = key;
  }

  /**
   * Completes where the streams can be read, as far as the servers say that have them; fails with
   * {@link UnfitException} where not.
   */
  static Future<Void> check(KeyLinks links, RedisSourceConfig config) {
    Map<Link, String> firsts = new LinkedHashMap<>(); // of each link, the first of its streams
    config.streams().forEach(stream -> firsts.putIfAbsent(links.of(stream), stream));
    List<Future<Void>> checks = new ArrayList<>();
    firsts.forEach(
        (link, stream) -> {
          StreamAccess access = new StreamAccess(link, config, stream);
          checks.add(ServerInfo.of(link).compose(access::keeps).compose(kept -> access.allows()));
        });
    return Future.all(checks).mapEmpty();
  }

  private Future<Void> keeps(Optional<ServerInfo> info) {
    String policy = info.map(ServerInfo::evictionPolicy).orElse("");
    @Nullable String what = null;
    if (policy.startsWith("allkeys-")) {
      what = "streams";
    } else if (policy.startsWith("volatile-") && config.shards() != null) {
      what = "leases of shards";
    }
    return what == null
        ? Future.succeededFuture()
        : unfit(" may evict " + what + " (maxmemory-policy " + policy + "): set it to noeviction");
  }

  private Future<Void> allows() {
    List<String> probes = new ArrayList<>(STREAM);
    if (config.shards() != null) {
      probes.removeIf(probe -> probe.startsWith("XAUTOCLAIM"));
      probes.addAll(SHARD);
    }
    if (config.trim() == RedisSourceConfig.Trim.ACKNOWLEDGED) {
      probes.add("XTRIM @ MINID none");
    }
    if (config.redis().servers().kind() == RedisServers.Kind.CLUSTER) {
      probes.add("ASKING"); // says nothing but of the next command
    }
    if (config.until() == Until.END) {
      probes.add("XINFO STREAM @");
    }
    List<Future<Reply<String>>> answers =
        probes.stream().map(this::request).map(each -> link.send(each, String::valueOf)).toList();
    return Future.join(answers)
        .compose(
            all -> {
              Set<String> refusals = new TreeSet<>();
              for (Future<Reply<String>> answer : answers) {
                Reply<String> reply = answer.result();
                if (reply instanceof Reply.Unknown<String> unknown) {
                  return link.isClosed() ? Future.failedFuture(unknown.cause()) : allows();
                }
                if (reply instanceof Reply.Failed<String> failed
                    && ServerError.is(failed.cause(), "NOPERM")) {
                  refusals.add(String.valueOf(failed.cause().getMessage()));
                }
              }
              return refusals.isEmpty()
                  ? Future.succeededFuture()
                  : unfit(" refuses what reading streams needs: " + String.join("; ", refusals));
            });
  }

  /** The key of a stream stands for what is beside it, too. */
  private Request request(String probe) {
    String[] words = probe.split(" ", -1);
    Request request = Request.cmd(Command.create(words[0]));
    for (int i = 1; i < words.length; i++) {
      request.arg(words[i].replace("@", key).replace("&", StreamKeys.beside(key, "none")));
    }
    return request;
  }

  private Future<Void> unfit(String why) {
    return Future.failedFuture(new UnfitException(config.redis() + why));
  }
}
