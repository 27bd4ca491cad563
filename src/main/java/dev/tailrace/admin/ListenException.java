package dev.tailrace.admin;

import java.io.IOException;
import java.net.BindException;
import java.security.GeneralSecurityException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** A server cannot listen where its setting says; the message names the setting. */
public final class ListenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Ports in use, and not allowed: EADDRINUSE and EACCES, as Netty's native transport has them. */
  private static final Pattern NATIVE_PORT_ERROR = Pattern.compile("error\\(-(98|13)\\)");

  ListenException(ListenAddress address, Throwable cause) {
    super(message(address, cause), cause);
  }

  private static String message(ListenAddress address, Throwable cause) {
    String where = address.host() + ":" + address.port();
    if (cause instanceof BindException || isNativePortError(cause)) {
      return "%s.port: cannot listen on %s (%s); choose another port, or 0 for a free one"
          .formatted(address.setting(), where, cause.getMessage());
    }
    if (cause instanceof GeneralSecurityException || cause instanceof SSLException) {
      return "%s.tls: cannot be used: %s".formatted(address.setting(), cause);
    }
    return "%s.host: cannot listen on %s: %s".formatted(address.setting(), where, cause);
  }

  private static boolean isNativePortError(Throwable cause) {
    return cause instanceof IOException
        && NATIVE_PORT_ERROR.matcher(String.valueOf(cause.getMessage())).find();
  }
}
