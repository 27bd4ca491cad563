package dev.tailrace.admin;

import dev.tailrace.app.ReloadException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** The configuration of a running process, as its server shows and replaces it. Thread-safe. */
@FunctionalInterface
public interface RunningConfig {
  /** What applies, as YAML, its secrets masked. */
  String yaml();

  /**
   * Reads it anew and takes it over.
   *
   * @param by who asks, for the log
   * @return what has changed; fails with {@link ReloadException}, and nothing has
   */
  default Future<JsonObject> reload(String by) {
    return Future.failedFuture(
        new ReloadException(
            ReloadException.Kind.REFUSED, List.of("this pool was not made from files")));
  }
}
