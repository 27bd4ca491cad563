package dev.tailrace.chaos;

import dev.tailrace.local.TestServer;
import java.time.Duration;
import java.util.Locale;

/** What happens to the broker or to Redis while a fleet works. */
final class ServerFault implements Fault {
  private final Server server;
  private final Harm harm;
  private final Duration lasts;

  /** Which one. */
  enum Server {
    /** The broker of topics. */
    KAFKA,
    /** The store of claims, and the broker of streams. */
    REDIS;

    private TestServer of(Scene scene) {
      return this == KAFKA ? scene.kafka() : scene.redis();
    }
  }

  /** What is done to it. */
  enum Harm {
    /** Killed, and back at once. */
    RESTARTED,
    /** Killed, and back after a while. */
    AWAY,
    /** Stopped as it stands: connections stay open, and nothing answers. */
    FROZEN
  }

  /**
   * A fault that lasts some time.
   *
   * @param lasts of no meaning where it is restarted at once
   */
  ServerFault(Server server, Harm harm, Duration lasts) {
    this.server = server;
    this.harm = harm;
    this.lasts = harm == Harm.RESTARTED ? Duration.ZERO : lasts;
  }

  @Override
  public String name() {
    String what = (server + " " + harm).toLowerCase(Locale.ROOT);
    return lasts.isZero() ? what : what + " for " + lasts.toSeconds() + " s";
  }

  @Override
  public void inject(Scene scene) {
    TestServer reached = server.of(scene);
    switch (harm) {
      case RESTARTED -> reached.restart();
      case AWAY -> reached.kill();
      case FROZEN -> reached.pause();
    }
  }

  @Override
  public Duration lasts() {
    return lasts;
  }

  @Override
  public void heal(Scene scene) {
    TestServer reached = server.of(scene);
    switch (harm) {
      case RESTARTED -> {} // it is back
      case AWAY -> reached.restart();
      case FROZEN -> reached.resume();
    }
  }
}
