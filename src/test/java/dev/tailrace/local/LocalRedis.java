package dev.tailrace.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis: {@code redis-server} or {@code valkey-server} where the PATH has one, else the
 * binary that the tests' dependencies bring. It writes each command to its append-only file before
 * the answer, so that a kill loses nothing.
 */
public final class LocalRedis extends LocalProcess implements RedisServer {
  private final int port;

  private LocalRedis(Path data, int port, List<String> more) {
    super("Redis on port " + port, data, command(data, port, more));
    this.port = port;
  }

  /** A running server on a free port. */
  public static LocalRedis start() {
    return start(List.of());
  }

  /** A running server on a free port, with settings as on its command line. */
  static LocalRedis start(List<String> settings) {
    return launched(() -> new LocalRedis(newFolder("tailrace-redis-"), freePort(), settings));
  }

  /** As {@link #start(List)}, for one that takes the port 10,000 above its own, too. */
  static LocalRedis startWithBus(List<String> settings) {
    return launched(() -> new LocalRedis(newFolder("tailrace-redis-"), freePorts(), settings));
  }

  int port() {
    return port;
  }

  @Override
  public String url() {
    return "redis://" + HOST + ":" + port;
  }

  @Override
  boolean answers() {
    return Probe.redis(HOST, port);
  }

  private static List<String> command(Path data, int port, List<String> more) {
    List<String> command = new ArrayList<>(plain(data, port));
    command.addAll(more);
    return command;
  }

  private static List<String> plain(Path data, int port) {
    return List.of(
        executable(data),
        "--port",
        Integer.toString(port),
        "--bind",
        HOST,
        "--dir",
        data.toString(),
        "--daemonize",
        "no",
        "--save",
        "",
        "--appendonly",
        "yes",
        "--appendfsync",
        "no", // the page cache outlives the process
        "--loglevel",
        "warning");
  }

  static String executable(Path data) {
    return Stream.of("redis-server", "valkey-server")
        .flatMap(name -> Warden.onPath(name).stream())
        .findFirst()
        .map(Path::toString)
        .orElseGet(() -> brought(data));
  }

  private static String brought(Path data) {
    try {
      return ExecutableProvider.newJarResourceProvider(data.toFile()).get().getAbsolutePath();
    } catch (IOException e) {
      throw new UncheckedIOException("no Redis for this system; put redis-server on the PATH", e);
    }
  }
}
