package dev.tailrace.simulation;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who sees the effects of all processes, and writes them down for the checker. Not thread-safe. */
class OutsideWitness {
  /** Sees nothing. */
  static final OutsideWitness NONE =
      new OutsideWitness(null) {
        @Override
        void effect(Stay stay) {}
      };

  private final @Nullable Path folder;
  private final List<String> effects = new ArrayList<>();

  /** Sees all, of a world that writes its files here. */
  OutsideWitness(@Nullable Path folder) {
    this.folder = folder;
  }

  /** Where all that is written goes; null where nothing is. */
  @Nullable Path folder() {
    return folder;
  }

  void effect(Stay stay) {
    effects.add(
        new JsonObject()
            .put("pipeline", "orders")
            .put("msg", stay.message.origin().toString())
            .put("proc", stay.consumer.process.toString())
            .encode());
  }

  /** Writes a line for each effect. */
  Path writeEffects(Path file) throws IOException {
    return Files.write(file, effects);
  }

  /** Writes where the positions of the topic stand. */
  static Path writePositions(Topic topic, Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Topic.PartitionLog log : topic.logs().values()) {
      if (log.committed != null) {
        lines.add(
            new JsonObject()
                .put("pipeline", "orders")
                .put("source", log.source)
                .put("committed", Long.toString(log.committed.offset()))
                .encode());
      }
    }
    return Files.write(file, lines);
  }
}
