package dev.tailrace.admin;

import dev.tailrace.config.ConfigSection;

/**
 * Where a server listens.
 *
 * @param setting the section of the configuration that says so, for errors
 * @param host name or address
 * @param port 0 takes a free one
 */
public record ListenAddress(String setting, String host, int port) {
  /** Reads the section {@code probes} or {@code admin} of the whole configuration. */
  public static ListenAddress read(String setting, ConfigSection root) {
    ConfigSection section = root.section(setting);
    return new ListenAddress(setting, section.text("host"), section.integer("port"));
  }
}
