package dev.tailrace.admin;

import java.io.IOException;
import java.net.BindException;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLException;

/** A server cannot listen where its setting says; the message names the setting. */
public final class ListenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** As Netty's native transport names EADDRINUSE, by its number on Linux. */
  private static final String NATIVELY_TAKEN = "error(-98)";

  ListenException(ListenAddress address, Throwable cause) {
    super(message(address, cause), cause);
  }

  private static String message(ListenAddress address, Throwable cause) {
    String where = address.host() + ":" + address.port();
    if (cause instanceof BindException || says(cause, NATIVELY_TAKEN)) {
      return "%s.port: cannot listen on %s (%s); choose another port, or 0 for a free one"
          .formatted(address.setting(), where, cause.getMessage());
    }
    if (cause instanceof GeneralSecurityException || cause instanceof SSLException) {
      return "%s.tls: cannot be used: %s".formatted(address.setting(), cause);
    }
    return "%s.host: cannot listen on %s: %s".formatted(address.setting(), where, cause);
  }

  private static boolean says(Throwable cause, String part) {
    return cause instanceof IOException && String.valueOf(cause.getMessage()).contains(part);
  }
}
