package dev.tailrace.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One Redis Sentinel, quick to take a server for dead. */
final class LocalSentinel extends LocalProcess {
  private final int port;

  private LocalSentinel(Path data, int port) {
    super(
        "Sentinel on port " + port,
        data,
        List.of(
            LocalRedis.executable(data), data.resolve("sentinel.conf").toString(), "--sentinel"));
    this.port = port;
  }

  /** A running sentinel that watches a primary. */
  static LocalSentinel start(String primary, int primaryPort, int quorum) {
    return start(primary, primaryPort, quorum, List.of());
  }

  /** The same with more lines of its settings. */
  static LocalSentinel start(String primary, int primaryPort, int quorum, List<String> more) {
    return launched(
        () -> {
          Path data = newFolder("tailrace-sentinel-");
          int port = freePort();
          String settings =
              """
              port %d
              bind 127.0.0.1
              dir %s
              sentinel monitor %s 127.0.0.1 %d %d
              sentinel down-after-milliseconds %3$s 1000
              sentinel failover-timeout %3$s 4000
              sentinel parallel-syncs %3$s 1
              """
                  .formatted(port, data, primary, primaryPort, quorum);
          try {
            Files.writeString(data.resolve("sentinel.conf"), settings + String.join("\n", more));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return new LocalSentinel(data, port);
        });
  }

  int port() {
    return port;
  }

  @Override
  boolean answers() {
    return Probe.redis(HOST, port);
  }
}
