package dev.tailrace.local;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.testcontainers.containers.GenericContainer;

/** What the servers in containers have in common. */
abstract class ContainerProcess implements TestServer {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final GenericContainer<?> container;

  ContainerProcess(GenericContainer<?> container) {
    this.container = container;
  }

  /** Whether the server does what it is for. */
  abstract boolean answers();

  /** Prepares the next start of a container that stands still; nothing by default. */
  void prepareRestart(GenericContainer<?> stopped) {}

  /** Binds a port of the host for good; a port that the engine chose changes with a restart. */
  static void bind(GenericContainer<?> container, int hostPort, int port) {
    container.withCreateContainerCmdModifier(
        command -> {
          HostConfig host = command.getHostConfig();
          if (host == null) {
            throw new IllegalStateException("container without a host configuration");
          }
          host.withPortBindings(List.of(PortBinding.parse(hostPort + ":" + port)));
        });
  }

  final String host() {
    return container.getHost();
  }

  @Override
  public final void pause() {
    engine().pauseContainerCmd(id()).exec();
  }

  @Override
  public final void resume() {
    engine().unpauseContainerCmd(id()).exec();
  }

  @Override
  public final void kill() {
    if (container.isRunning()) {
      engine().killContainerCmd(id()).exec();
    }
  }

  @Override
  public final void restart() {
    kill();
    prepareRestart(container);
    engine().startContainerCmd(id()).exec();
    try {
      Awaitility.await().atMost(START_LIMIT).until(this::answers);
    } catch (RuntimeException e) {
      String name = container.getDockerImageName();
      throw new IllegalStateException(name + " does not answer:\n" + container.getLogs(), e);
    }
  }

  @Override
  public final void close() {
    container.stop();
  }

  private DockerClient engine() {
    return container.getDockerClient();
  }

  private String id() {
    return container.getContainerId();
  }
}
