package dev.tailrace.cli;

import dev.tailrace.sink.DeadLetterBox.Purged;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * How a purge went, in words and as JSON.
 *
 * @param from where the dead letters lie
 * @param dryRun whether they were only to be counted
 * @param counted what there was to be deleted
 * @param done what was deleted; null where nothing was to be
 */
record PurgeText(String from, boolean dryRun, Purged counted, @Nullable Purged done) {

  String line() {
    String what = done != null ? " deleted" : dryRun ? " would be deleted" : " not deleted";
    Purged told = done == null ? counted : done;
    long stay = told.matching() - told.deleted();
    String others =
        stay == 0
            ? ""
            : "; "
                + Phrases.count(stay)
                + " more are meant and stay, since others lie before them and Kafka deletes from"
                + " the front only";
    return from + ": " + Phrases.count(told.deleted(), "dead letter") + what + others;
  }

  JsonObject json() {
    return new JsonObject()
        .put("destination", from)
        .put("matching", counted.matching())
        .put("deletable", counted.deleted())
        .put("deleted", done == null ? 0 : done.deleted());
  }
}
