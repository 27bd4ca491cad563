package dev.tailrace.redis;

import dev.tailrace.fuzz.FuzzBytes;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.BulkType;
import io.vertx.redis.client.impl.types.MultiType;
import io.vertx.redis.client.impl.types.NumberType;
import io.vertx.redis.client.impl.types.SimpleStringType;
import org.jspecify.annotations.Nullable;

/** Makes answers of the shapes that the client knows. */
public final class FuzzResponse {
  private static final int DEEPEST = 8;

  private FuzzResponse() {}

  /** The next answer, or null for nil. */
  public static @Nullable Response of(FuzzBytes bytes) {
    return of(bytes, 0);
  }

  private static @Nullable Response of(FuzzBytes bytes, int depth) {
    int kind = bytes.next();
    return switch (kind % 8) {
      case 0 -> null;
      case 1 -> NumberType.create(bytes.nextLong());
      case 2 ->
          SimpleStringType.create(
              new String(bytes.nextBlock(), java.nio.charset.StandardCharsets.UTF_8));
      case 3, 4 -> BulkType.create(Buffer.buffer(bytes.nextBlock()), false);
      default -> depth == DEEPEST ? null : list(bytes, kind >> 3, depth);
    };
  }

  private static Response list(FuzzBytes bytes, int size, int depth) {
    MultiType list = MultiType.create(size, false);
    for (int i = 0; i < size; i++) {
      list.add(of(bytes, depth + 1));
    }
    return list;
  }
}
