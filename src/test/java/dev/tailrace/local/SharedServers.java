package dev.tailrace.local;

/**
 * Which servers this test run uses: the system property {@code tailrace.servers}, {@code local}
 * (the default) or {@code containers}. With containers and no engine for them, the tests that ask
 * are skipped with the reason.
 */
public final class SharedServers {
  private SharedServers() {}

  /** The servers of this JVM. */
  public static Servers get() {
    return Chosen.SERVERS;
  }

  private static final class Chosen {
    static final Servers SERVERS = choose(System.getProperty("tailrace.servers", "local"));

    private static Servers choose(String kind) {
      return switch (kind) {
        case "local" -> new LocalServers();
        case "containers" -> new ContainerServers();
        default ->
            throw new IllegalArgumentException(
                "tailrace.servers: local or containers, not " + kind);
      };
    }
  }
}
