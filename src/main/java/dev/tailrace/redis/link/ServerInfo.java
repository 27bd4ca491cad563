package dev.tailrace.redis.link;

import dev.tailrace.runtime.Reply;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a server says of itself in INFO. Immutable.
 *
 * @param values by name
 */
public record ServerInfo(Map<String, String> values) {
  private static final Pattern LINE = Pattern.compile("([a-z_]+):([^\\r\\n]*)");
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");

  /** Reads an answer; lines that are none of its kind are left out. */
  static ServerInfo parse(String text) {
    return new ServerInfo(
        LINE.matcher(text)
            .results()
            .collect(
                Collectors.toUnmodifiableMap(
                    line -> line.group(1), line -> line.group(2).trim(), (one, other) -> one)));
  }

  /**
   * Asks a connected server, again where the answer is lost. Fails with {@link UnfitException}
   * where it is a server that nothing here can use. Empty where the server does not tell us, as one
   * whose access rules forbid it; then its commands will show what it can do.
   */
  public static Future<Optional<ServerInfo>> of(Link link) {
    return link.send(Request.cmd(Command.INFO), String::valueOf)
        .compose(
            reply -> {
              if (reply instanceof Reply.Ok<String> ok) {
                ServerInfo info = parse(ok.value());
                return info.checked(link.config());
              }
              if (reply.isUnknown() && !link.isClosed()) {
                return of(link);
              }
              return reply.isUnknown()
                  ? Future.failedFuture(reply.cause())
                  : Future.succeededFuture(Optional.empty());
            });
  }

  /** Streams are taken over by a command of 6.2. */
  private Future<Optional<ServerInfo>> checked(RedisConfig config) {
    Matcher version = VERSION.matcher(value("redis_version"));
    if (version.matches()) {
      int major = Integer.parseInt(version.group(1));
      if (major < 6 || (major == 6 && Integer.parseInt(version.group(2)) < 2)) {
        return unfit(config + " is " + version.group() + "; 6.2 or newer is needed");
      }
    }
    boolean cluster = config.servers().kind() == RedisServers.Kind.CLUSTER;
    if (!cluster && value("cluster_enabled").equals("1")) {
      return unfit(config + " is part of a cluster: its servers belong into redis.cluster");
    }
    if (cluster && value("cluster_enabled").equals("0")) {
      return unfit(config + " is no cluster");
    }
    return Future.succeededFuture(Optional.of(this));
  }

  /** What the server does when its memory is full, or "" where it does not say. */
  public String evictionPolicy() {
    return value("maxmemory_policy");
  }

  /** Whether the server says that it writes no append-only file. */
  public boolean lacksAppendOnlyFile() {
    return value("aof_enabled").equals("0");
  }

  /** Whether the server stops taking writes where too few replicas follow it. */
  public boolean waitsForReplicas() {
    return !value("min_slaves_good_slaves").isEmpty();
  }

  /** How it keeps what it confirms, for people. */
  public String durability() {
    String file =
        switch (value("aof_enabled")) {
          case "0" -> "no append-only file";
          case "1" -> "an append-only file";
          default -> "an append-only file or none, it does not say";
        };
    String replicas = value("connected_slaves");
    return file
        + ", "
        + (replicas.isEmpty() ? "an unknown number of" : replicas)
        + " replicas, "
        + (waitsForReplicas()
            ? "a least number of which it needs to write"
            : "none of which it needs to write");
  }

  /** Which start of which server this is, or "" where it does not say. */
  String runId() {
    return value("run_id");
  }

  /** {@code master} or {@code slave}, or "" where it does not say. */
  String role() {
    return value("role");
  }

  private String value(String name) {
    return values.getOrDefault(name, "");
  }

  private static <T> Future<T> unfit(String why) {
    return Future.failedFuture(new UnfitException(why));
  }
}
