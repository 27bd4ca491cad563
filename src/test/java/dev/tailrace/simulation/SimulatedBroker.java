package dev.tailrace.simulation;

import dev.tailrace.message.Origin;
import dev.tailrace.runtime.Choices;
import dev.tailrace.source.Position;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Partitions full of messages, and the one committed position of each. */
final class SimulatedBroker {
  final Map<String, List<SimulatedMessage>> logs = new LinkedHashMap<>();
  final Map<String, Position> committed = new LinkedHashMap<>();

  SimulatedBroker(Choices choices, int partitions, int messages, int keys) {
    for (int p = 0; p < partitions; p++) {
      String source = "orders/" + p;
      List<SimulatedMessage> log = new ArrayList<>();
      for (int i = 0; i < messages; i++) {
        log.add(message(choices, source, i, keys));
      }
      logs.put(source, log);
      committed.put(source, new Position(0, ""));
    }
  }

  private static SimulatedMessage message(Choices choices, String source, int at, int keys) {
    boolean keyless = choices.pick(10) == 0;
    Buffer key = keyless ? null : Buffer.buffer(source + "-" + choices.pick(keys));
    Buffer body = Buffer.buffer("x".repeat(1 + choices.pick(40)));
    return new SimulatedMessage(Origin.offset(source, at), key, body);
  }

  void commit(String source, Position position) {
    Position before = committed.put(source, position);
    if (before != null && before.offset() > position.offset()) {
      throw new AssertionError(source + " moved back from " + before + " to " + position);
    }
  }

  boolean isFinished() {
    return logs.entrySet().stream()
        .allMatch(
            log -> committed.getOrDefault(log.getKey(), NOTHING).offset() == log.getValue().size());
  }

  private static final Position NOTHING = new Position(0, "");
}
