package dev.tailrace.admin;

import java.net.BindException;

/** A server cannot listen where its setting says; the message names the setting. */
public final class ListenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ListenException(ListenAddress address, Throwable cause) {
    super(message(address, cause), cause);
  }

  private static String message(ListenAddress address, Throwable cause) {
    String where = address.host() + ":" + address.port();
    if (cause instanceof BindException) {
      return "%s.port: cannot listen on %s (%s); choose another port, or 0 for a free one"
          .formatted(address.setting(), where, cause.getMessage());
    }
    return "%s.host: cannot listen on %s: %s".formatted(address.setting(), where, cause);
  }
}
