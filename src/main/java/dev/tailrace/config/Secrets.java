package dev.tailrace.config;

import java.util.Locale;
import java.util.regex.Pattern;

/** Decides what is secret, and how it is shown instead. */
final class Secrets {

  /** What is printed in place of a secret. */
  static final String MASK = "***";

  private static final Pattern SECRET_KEY =
      Pattern.compile(
          "(.*[._-])?(password|passwd|passphrase|secret|token|credentials?|api-?key|apikey)"
              + "|sasl\\.jaas\\.config|ssl\\.keystore\\.key|.*private[._-]key");

  /** Possessive, so that no text makes it slow. */
  private static final Pattern USER_INFO =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]{0,30}+://)[^/?#\\s,]*@");

  private Secrets() {}

  /** True where the name of the key alone says that its value is secret. */
  static boolean isSecretKey(String key) {
    return SECRET_KEY.matcher(key.toLowerCase(Locale.ROOT)).matches();
  }

  /** The scalar so that it shows no secret: all of it masked, or the user info of its URLs. */
  static ConfigScalar masked(ConfigScalar scalar, boolean secret) {
    if (scalar.isNull() || scalar.implied()) {
      return scalar;
    }
    if (secret) {
      return scalar.withShown(MASK);
    }
    String shown = scalar.shown();
    return shown.contains("://") ? scalar.withShown(withoutUserInfo(shown)) : scalar;
  }

  private static String withoutUserInfo(String url) {
    return USER_INFO.matcher(url).replaceAll("$1" + MASK + "@");
  }
}
