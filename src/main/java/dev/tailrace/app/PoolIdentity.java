package dev.tailrace.app;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Who a process is, in reports, status and keys at brokers and stores.
 *
 * @param name the group of instances, {@code [a-z0-9-]{1,63}}
 * @param instance this process within the group: unique while it lives, stable over restarts
 * @param incarnation this run of the process; never the same twice
 * @param host the host it runs on
 * @param version of Tailrace, or {@code dev} when it does not run from its jar
 */
public record PoolIdentity(
    String name, String instance, String incarnation, String host, String version) {

  /** An identity for this run: a fresh incarnation, the host's name and the version. */
  public static PoolIdentity of(String name, String instance) {
    String incarnation =
        Long.toString(Instant.now().toEpochMilli(), Character.MAX_RADIX)
            + "-"
            + UUID.randomUUID().toString().substring(0, 8);
    return new PoolIdentity(name, instance, incarnation, hostName(), ownVersion());
  }

  /** The environment's {@code HOSTNAME}, or else the host's name: what an unset instance means. */
  public static String defaultInstance() {
    return Optional.ofNullable(System.getenv("HOSTNAME"))
        .filter(name -> !name.isBlank())
        .orElseGet(PoolIdentity::hostName);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return Optional.ofNullable(System.getenv("HOSTNAME")).orElse("localhost");
    }
  }

  private static String ownVersion() {
    return Optional.ofNullable(PoolIdentity.class.getPackage().getImplementationVersion())
        .orElse("dev");
  }
}
