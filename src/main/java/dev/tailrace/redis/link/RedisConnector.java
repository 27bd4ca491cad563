package dev.tailrace.redis.link;

import dev.tailrace.lifecycle.TimeLimit;
import dev.tailrace.runtime.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/**
 * Makes connections: finds out where the server is, connects, and asks who it is. Each has a client
 * of its own, since closing the client is the only way to close a leased connection. Belongs to its
 * loop.
 */
public final class RedisConnector {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final String PRIMARY = "master"; // as servers call it

  private final Vertx vertx;
  private final Loop loop;
  private final RedisConfig config;

  RedisConnector(Vertx vertx, Loop loop, RedisConfig config) {
    this.vertx = vertx;
    this.loop = loop;
    this.config = config;
  }

  /**
   * A connection that answers.
   *
   * @param server what it says of itself; empty where it does not tell us
   */
  record Connected(Redis client, RedisConnection connection, Optional<ServerInfo> server) {
    /** Ends it for good. */
    Future<Void> close() {
      return client.close();
    }
  }

  /**
   * Tries once; completes in a turn of the loop, at the latest after twice the time-out, and leaves
   * nothing open where it fails.
   */
  Future<Connected> connect() {
    return config.servers().kind() == RedisServers.Kind.SENTINEL
        ? new PrimaryFinder(vertx, loop, config).find().compose(this::connect)
        : connect(config.servers().urls().get(0));
  }

  /** Between two tries, after so many failures: full jitter, and never nothing. */
  public static Duration pause(int failures, RandomGenerator random) {
    long cap = Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(failures, 10));
    return Duration.ofMillis(random.nextLong(cap / 4, cap + 1));
  }

  private Future<Connected> connect(String url) {
    Redis client = Redis.createClient(vertx, config.options(url));
    Promise<Connected> connected = Promise.promise();
    TimeLimit.await(
        loop,
        () -> client.connect().compose(connection -> greet(client, connection)),
        config.timeout(),
        new TimeLimit.Ends<>(
            made -> {
              if (made.failed()) {
                Future<Void> unused = client.close();
              }
              connected.handle(made);
            },
            () -> {
              Future<Void> unused = client.close();
              connected.fail(
                  new TimeoutException(
                      "no connection within " + config.timeout().toMillis() + " ms"));
            },
            late -> {}));
    return connected.future();
  }

  /** A server that wants a password says so only to the first command. */
  private Future<Connected> greet(Redis client, RedisConnection connection) {
    return connection
        .send(Request.cmd(Command.PING))
        .compose(pong -> connection.send(Request.cmd(Command.INFO)))
        .map(info -> Optional.of(ServerInfo.parse(String.valueOf(info))))
        .recover(
            cause ->
                ServerError.isForbidden(cause)
                    ? Future.succeededFuture(Optional.empty())
                    : Future.failedFuture(cause))
        .compose(
            server ->
                isReplica(server)
                    ? Future.failedFuture(
                        new ConnectException("the server that sentinels name is no primary yet"))
                    : Future.succeededFuture(new Connected(client, connection, server)));
  }

  /** One that was just named is for a moment a replica still, or again. */
  private boolean isReplica(Optional<ServerInfo> server) {
    return config.servers().kind() == RedisServers.Kind.SENTINEL
        && server.filter(info -> !info.role().equals(PRIMARY)).isPresent();
  }
}
