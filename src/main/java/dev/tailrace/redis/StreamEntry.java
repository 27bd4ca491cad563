package dev.tailrace.redis;

import dev.tailrace.message.Origin;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An entry as the server gave it.
 *
 * @param origin its stream and id
 * @param fields names and values, alternating; null where the entry was deleted while it was
 *     pending
 */
record StreamEntry(Origin origin, @Nullable Response fields) {

  /**
   * Reads a list of entries. Servers before 7.0 give nothing at all for an entry that was deleted;
   * such are left out.
   */
  static List<StreamEntry> list(String stream, Response entries) {
    List<StreamEntry> list = new ArrayList<>(entries.size());
    for (int i = 0; i < entries.size(); i++) {
      Response entry = entries.get(i);
      if (entry != null) {
        Origin origin = EntryId.origin(stream, entry.get(0).toBuffer());
        list.add(new StreamEntry(origin, entry.get(1)));
      }
    }
    return list;
  }
}
