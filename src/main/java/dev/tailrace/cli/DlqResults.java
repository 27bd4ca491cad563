package dev.tailrace.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a command of {@code dlq} finds: printed piece by piece for people, and as one object at the
 * end for programs. Main thread only.
 */
final class DlqResults {
  private final PrintWriter out;
  private final boolean json;
  private final JsonArray all = new JsonArray();

  DlqResults(PrintWriter out, OutputOption output) {
    this.out = out;
    this.json = output.json();
  }

  /** Only the form that is wanted is made. */
  void add(Supplier<JsonObject> object, Supplier<List<String>> lines) {
    if (json) {
      all.add(object.get());
    } else {
      lines.get().forEach(out::println);
    }
  }

  /** All are told; {@code name} is what programs find them under. */
  void end(String name) {
    if (json) {
      out.println(new JsonObject().put(name, all).encode());
    }
  }
}
