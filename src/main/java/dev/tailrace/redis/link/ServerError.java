package dev.tailrace.redis.link;

import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.util.Set;

/** What the server refuses, told apart from what happens to connections. */
public final class ServerError {
  /** The client fails what was under way on a closed connection with an error of its own. */
  private static final String CONNECTION_CLOSED = "CONNECTION_CLOSED";

  /** What the client says of replies that it cannot read. */
  private static final String ILLEGAL_STATE = "ILLEGAL_STATE";

  /** Trying again does not help until a person has changed something. */
  private static final Set<String> UNFIT =
      Set.of("WRONGPASS", "NOAUTH", "NOPERM", "NOPROTO", "ERR AUTH", "ERR DB", "ERR invalid DB");

  /** What the servers of a cluster say while slots, or what they know of them, are on the move. */
  private static final Set<String> ELSEWHERE = Set.of("MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN");

  private ServerError() {}

  /** Whether the server itself answered with an error, so that the command was not carried out. */
  public static boolean isReply(Throwable cause) {
    return cause instanceof Response response
        && response.type() == ResponseType.ERROR
        && !message(cause).startsWith(CONNECTION_CLOSED)
        && !message(cause).startsWith(ILLEGAL_STATE);
  }

  /**
   * Whether the server answered with this code, directly or, as older servers word it, from within
   * a script.
   */
  public static boolean is(Throwable cause, String code) {
    return isReply(cause)
        && (message(cause).startsWith(code) || message(cause).contains(": " + code + " "));
  }

  /** Whether the server will go on refusing: a wrong password, a missing permission. */
  public static boolean isUnfit(Throwable cause) {
    return isReply(cause) && UNFIT.stream().anyMatch(code -> is(cause, code));
  }

  /** Whether this user may not run the command, or the server has none of that name. */
  public static boolean isForbidden(Throwable cause) {
    return is(cause, "NOPERM") || is(cause, "ERR unknown command");
  }

  /** Whether a server of a cluster does not have the key, or not now; it has done nothing. */
  public static boolean isElsewhere(Throwable cause) {
    return ELSEWHERE.stream().anyMatch(code -> is(cause, code));
  }

  private static String message(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? "" : message;
  }
}
