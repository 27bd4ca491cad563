package dev.tailrace.redis.stream;

import dev.tailrace.message.Origin;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
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
public record StreamEntry(Origin origin, @Nullable Response fields) {

  /**
   * Reads a list of entries. Servers before 7.0 give nothing at all for an entry that was deleted;
   * such are left out.
   *
   * @throws RuntimeException where that is no list of entries
   */
  public static List<StreamEntry> list(String stream, Response entries) {
    List<StreamEntry> list = new ArrayList<>(entries.size());
    for (int i = 0; i < entries.size(); i++) {
      Response entry = entries.get(i);
      if (entry != null) {
        Origin origin = EntryId.origin(stream, entry.get(0).toBuffer());
        list.add(new StreamEntry(origin, fields(entry.get(1))));
      }
    }
    return list;
  }

  /** Whoever reads them later may rely on names with values. */
  private static @Nullable Response fields(@Nullable Response fields) {
    if (fields == null) {
      return null;
    }
    boolean whole = fields.type() == ResponseType.MULTI && fields.size() % 2 == 0;
    for (int i = 0; whole && i < fields.size(); i++) {
      Response part = fields.get(i);
      whole = part != null && part.type() == ResponseType.BULK;
    }
    if (!whole) {
      throw new IllegalArgumentException("no fields of an entry: " + fields);
    }
    return fields;
  }
}
