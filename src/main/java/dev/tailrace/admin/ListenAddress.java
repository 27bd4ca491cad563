package dev.tailrace.admin;

import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.PemTls;

/**
 * Where a server listens.
 *
 * @param setting the section of the configuration that says so, for errors
 * @param host name or address
 * @param port 0 takes a free one
 * @param tls the certificate that it shows, and who signs those that it asks for; without one it
 *     speaks plain HTTP
 */
public record ListenAddress(String setting, String host, int port, PemTls tls) {
  /** Without TLS. */
  public ListenAddress(String setting, String host, int port) {
    this(setting, host, port, PemTls.NONE);
  }

  /** Reads the section {@code probes} of the whole configuration. */
  public static ListenAddress probes(ConfigSection root) {
    ConfigSection section = root.section("probes");
    return new ListenAddress("probes", section.text("host"), section.integer("port"));
  }

  /** Reads the section {@code admin} of the whole configuration. */
  public static ListenAddress admin(ConfigSection root) {
    ConfigSection section = root.section("admin");
    return new ListenAddress(
        "admin", section.text("host"), section.integer("port"), adminTls(root));
  }

  /** Reads {@code admin.tls} of the whole configuration. */
  public static PemTls adminTls(ConfigSection root) {
    return PemTls.read(root.section("admin").section("tls"));
  }
}
