package dev.tailrace.fleet;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who had which shard when, by the event logs of processes. */
final class ShardOwners {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> KINDS = Set.of("assigned", "revoked", "lost");

  private final List<Move> moves;

  /**
   * A shard came or went.
   *
   * @param log of the process, by its number
   */
  private record Move(int log, String kind, String shard, long millis) {}

  private ShardOwners(List<Move> moves) {
    this.moves = moves;
  }

  static ShardOwners read(List<Path> logs) throws IOException {
    List<Move> moves = new ArrayList<>();
    for (int log = 0; log < logs.size(); log++) {
      if (Files.exists(logs.get(log))) {
        for (String line : Files.readAllLines(logs.get(log))) {
          move(log, line, moves);
        }
      }
    }
    moves.sort(Comparator.comparingLong(Move::millis)); // stable: each log keeps its order
    return new ShardOwners(moves);
  }

  private static void move(int log, String line, List<Move> moves) {
    try {
      JsonNode event = JSON.readTree(line);
      String kind = event.path("ev").asText();
      if (KINDS.contains(kind)) {
        moves.add(
            new Move(log, kind, event.path("source").asText(), event.path("wallMillis").asLong()));
      }
    } catch (JacksonException torn) {
      // the last line of one who was killed, or who is writing it
    }
  }

  /** How many shards each of these processes has at the end of its log, the fewest first. */
  List<Integer> shares(Set<Integer> living) {
    Map<Integer, Integer> counts = new HashMap<>();
    living.forEach(log -> counts.put(log, 0));
    for (Move move : moves) {
      if (living.contains(move.log())) {
        counts.merge(move.log(), move.kind().equals("assigned") ? 1 : -1, Integer::sum);
      }
    }
    return counts.values().stream().sorted().toList();
  }

  /**
   * How long a shard that changed hands had no owner, in milliseconds: since it was given back or
   * lost, or since its owner was killed.
   *
   * @param kills when which of the processes were killed
   * @return one line for each time
   */
  List<String> handovers(Map<Integer, Long> kills) {
    Map<String, Move> last = new HashMap<>();
    List<String> lines = new ArrayList<>();
    for (Move move : moves) {
      Move before = last.put(move.shard(), move);
      if (move.kind().equals("assigned") && before != null) {
        boolean died = before.kind().equals("assigned");
        long since = died ? kills.getOrDefault(before.log(), Long.MAX_VALUE) : before.millis();
        if (since > move.millis()) {
          throw new AssertionError(move + " while " + before + " was in force");
        }
        lines.add(
            "%s from life %d (%s) to life %d: %d ms"
                .formatted(
                    move.shard(),
                    before.log(),
                    died ? "killed" : before.kind(),
                    move.log(),
                    move.millis() - since));
      }
    }
    return lines;
  }
}
