package dev.tailrace.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What holds between the keys of {@code admin}: who can be reached from elsewhere is secured. */
final class AdminRules {
  /** As many characters as 128 bits have in hexadecimal. */
  static final int LEAST_TOKEN = 32;

  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "::1");

  private AdminRules() {}

  static List<ConfigError> errors(ConfigSection admin) {
    ConfigSection section = admin.section("tls");
    PemTls tls = PemTls.read(section);
    List<ConfigError> errors = new ArrayList<>(tls.errors(section));
    boolean none = tls.certificate() == null && tls.key() == null;
    if (none && tls.ca() != null) {
      errors.add(
          section.error(
              PemTls.CA,
              "is of no use without a certificate of the server",
              "allowed: with certificate and key"));
    }
    String host = admin.text("host");
    if (LOOPBACK.contains(host)) {
      return errors;
    }
    if (none) {
      errors.add(
          admin.error(
              "host",
              "'" + host + "' is reached from elsewhere, and needs TLS",
              "allowed: with tls.certificate and tls.key, or 127.0.0.1, localhost or ::1"));
    }
    String token = admin.text("token");
    if (token.equals("auto")) {
      errors.add(
          admin.error(
              "token",
              "'auto' is in a file of this host, and '" + host + "' is reached from elsewhere",
              "allowed: at least "
                  + LEAST_TOKEN
                  + " characters, such as \"${file:/run/secrets/admin-token}\""));
    } else if (token.strip().length() < LEAST_TOKEN) {
      errors.add(
          admin.error(
              "token",
              "is too short for '" + host + "', which is reached from elsewhere",
              "allowed: at least " + LEAST_TOKEN + " characters"));
    }
    return errors;
  }
}
