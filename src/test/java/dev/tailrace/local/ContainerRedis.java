package dev.tailrace.local;

import org.testcontainers.containers.GenericContainer;

/** The official image of Redis. */
final class ContainerRedis extends ContainerProcess implements RedisServer {
  private static final String IMAGE = "redis:8.0";
  private static final int INSIDE = 6379;

  private final int port;

  private ContainerRedis(GenericContainer<?> container, int port) {
    super(container);
    this.port = port;
  }

  static ContainerRedis start() {
    int port = LocalProcess.freePort();
    GenericContainer<?> container =
        new GenericContainer<>(IMAGE)
            .withExposedPorts(INSIDE)
            .withCommand(
                "redis-server", "--protected-mode", "no", "--save", "", "--appendonly", "yes");
    bind(container, port, INSIDE);
    container.start();
    return new ContainerRedis(container, port);
  }

  @Override
  public String url() {
    return "redis://" + host() + ":" + port;
  }

  @Override
  boolean answers() {
    return Probe.redis(host(), port);
  }
}
