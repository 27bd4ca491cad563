package dev.tailrace.cli;

import dev.tailrace.app.DrainReport;
import dev.tailrace.app.DrainWitness;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/**
 * Posts the report of a drain to an address that the user has chosen.
 *
 * @param url where to
 * @param posting how
 */
record Notification(URI url, Posting posting) implements DrainWitness {
  @Override
  public Future<Void> ending(DrainReport soFar, Duration budget) {
    return posting
        .post(url, soFar.toJson().toBuffer(), budget)
        .recover(
            failure ->
                Future.failedFuture(
                    new IOException(
                        this + ": " + Posting.shown(url) + ": " + failure.getMessage(), failure)));
  }

  @Override
  public String toString() {
    return "drain.notify";
  }
}
