package dev.tailrace.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/**
 * What the servers on this machine have in common: a warden, a data folder, a wait for the first
 * answer.
 */
abstract class LocalProcess implements TestServer {
  static final String HOST = "127.0.0.1";

  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final int START_ATTEMPTS = 3;

  // Below where systems take ports for outgoing connections: a client that keeps calling a dead
  // server can neither take its port nor meet itself there.
  private static final int FIRST_PORT = 20_000;
  private static final int LAST_PORT = 32_000;

  /** How far above its port a server of a Redis cluster listens for the others. */
  private static final int BUS = 10_000;

  private static final int LAST_PORT_WITH_BUS = 22_500;

  private final String name;
  private final Path data;
  private final Warden warden;
  private long pid; // the owner's thread only

  LocalProcess(String name, Path data, List<String> command) {
    this.name = name;
    this.data = data;
    this.warden = new Warden(data, command);
  }

  /** Whether the server does what it is for. */
  abstract boolean answers();

  /** A running server; on another port where something else took the first one meanwhile. */
  static <T extends LocalProcess> T launched(Supplier<T> create) {
    for (int attempt = 1; ; attempt++) {
      T server = create.get();
      try {
        server.launch();
        return server;
      } catch (IllegalStateException e) {
        server.close();
        if (attempt == START_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  final void launch() {
    begin();
    awaitAnswer();
  }

  /** Starts the server and does not wait for it. */
  final void begin() {
    pid = warden.start();
  }

  final void awaitAnswer() {
    try {
      Awaitility.await(name)
          .atMost(START_LIMIT)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> !warden.alive() || answers());
    } catch (RuntimeException e) {
      throw new IllegalStateException(name + " does not answer:\n" + warden.log(), e);
    }
    if (!warden.alive()) {
      throw new IllegalStateException(name + " ended at once:\n" + warden.log());
    }
  }

  @Override
  public final void pause() {
    warden.pause();
  }

  @Override
  public final void resume() {
    warden.resume();
  }

  @Override
  public final void kill() {
    warden.kill();
  }

  @Override
  public final void restart() {
    warden.kill();
    launch();
  }

  @Override
  public final void close() {
    warden.close();
  }

  /** Where the server keeps its data, gone at the end. */
  final Path data() {
    return data;
  }

  /** The server's process as it was last started. */
  final long pid() {
    return pid;
  }

  static Path newFolder(String prefix) {
    try {
      return Files.createTempDirectory(prefix);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int freePort() {
    return freePort(LAST_PORT, 0);
  }

  /** One of which that 10,000 above is free, too, and none for outgoing connections either. */
  static int freePorts() {
    return freePort(LAST_PORT_WITH_BUS, BUS);
  }

  private static int freePort(int last, int above) {
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, last);
      if (isFree(port) && (above == 0 || isFree(port + above))) {
        return port;
      }
    }
    throw new IllegalStateException("no free port between " + FIRST_PORT + " and " + last);
  }

  private static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName(HOST))) {
      return probe.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
