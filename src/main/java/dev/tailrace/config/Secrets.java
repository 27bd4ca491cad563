package dev.tailrace.config;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Decides what is secret, and how it is shown instead. */
final class Secrets {

  /** What is printed in place of a secret. */
  static final String MASK = "***";

  /** A key whose name ends in one of these is secret, in any spelling: apiKey, api-key, api_key. */
  private static final List<String> ENDINGS =
      List.of(
          "password",
          "passwd",
          "pwd",
          "passphrase",
          "secret",
          "token",
          "credential",
          "credentials",
          "apikey",
          "secretkey",
          "accesskey",
          "privatekey",
          "authorization");

  private static final Set<String> KAFKA_KEYS = Set.of("sasl.jaas.config", "ssl.keystore.key");

  private Secrets() {}

  /** True where the name of the key alone says that its value is secret. */
  static boolean isSecretKey(String key) {
    String name = key.toLowerCase(Locale.ROOT);
    String letters = name.replaceAll("[._-]", "");
    return KAFKA_KEYS.contains(name) || ENDINGS.stream().anyMatch(letters::endsWith);
  }

  /** The scalar so that it shows no secret: all of it masked, or the user info of its URL. */
  static ConfigScalar masked(ConfigScalar scalar, boolean secret) {
    if (scalar.isNull() || scalar.implied()) {
      return scalar;
    }
    return scalar.withShown(secret ? MASK : withoutUserInfo(scalar.shown()));
  }

  /** Up to the last @: a password may hold any character, and hiding too much does no harm. */
  private static String withoutUserInfo(String text) {
    int scheme = text.indexOf("://");
    int at = text.lastIndexOf('@');
    return scheme < 0 || at < scheme
        ? text
        : text.substring(0, scheme + "://".length()) + MASK + text.substring(at);
  }
}
