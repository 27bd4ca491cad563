package dev.tailrace.simulation;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A slip that breaks a promise, applied to one line of a clean log. */
enum Mutation {
  /** The line is missing. */
  DROPPED {
    @Override
    @Nullable List<String> apply(List<String> lines, int at) {
      JsonObject event = event(lines, at);
      if (!Set.of("received", "settled", "released", "drain_begin", "drain_end").contains(ev(event))
          && !isWon(event)
          && !(ev(event).equals("started") && isNext(lines, at, "settled"))) {
        return null;
      }
      List<String> mutated = new ArrayList<>(lines);
      mutated.remove(at);
      return mutated;
    }
  },
  /** The line is there twice. */
  DOUBLED {
    @Override
    @Nullable List<String> apply(List<String> lines, int at) {
      JsonObject event = event(lines, at);
      boolean claimed = lines.stream().anyMatch(line -> isWon(new JsonObject(line)));
      if (!Set.of("received", "settled", "released").contains(ev(event))
          && !(claimed && ev(event).equals("started"))) {
        return null;
      }
      List<String> mutated = new ArrayList<>(lines);
      mutated.add(at, lines.get(at));
      return mutated;
    }
  },
  /** The line comes after the next one, which may only follow it. */
  SWAPPED {
    @Override
    @Nullable List<String> apply(List<String> lines, int at) {
      if (at + 1 == lines.size()
          || !(isOrdered(event(lines, at), event(lines, at + 1))
              || isPassed(event(lines, at), event(lines, at + 1)))) {
        return null;
      }
      List<String> mutated = new ArrayList<>(lines);
      Collections.swap(mutated, at, at + 1);
      return mutated;
    }
  },
  /** It tells of the next position. */
  OTHER_POSITION {
    @Override
    @Nullable List<String> apply(List<String> lines, int at) {
      JsonObject event = event(lines, at);
      if (!Set.of("received", "started", "settled", "released").contains(ev(event))) {
        return null;
      }
      String next = Long.toString(Long.parseLong(event.getString("pos")) + 1);
      String msg = event.getString("source") + "@" + next;
      return with(lines, at, event.put("pos", next).put("msg", msg));
    }
  },
  /** A position is committed too high, though there are messages left above it. */
  HIGHER_COMMIT {
    @Override
    @Nullable List<String> apply(List<String> lines, int at) {
      JsonObject event = event(lines, at);
      long position = ev(event).equals("committed") ? Long.parseLong(event.getString("pos")) : -1;
      return position < 0 || position >= LoggedRun.MESSAGES
          ? null
          : with(lines, at, event.put("pos", Long.toString(position + 1)));
    }
  },
  /** The line belongs to another epoch. */
  OTHER_EPOCH {
    @Override
    @Nullable List<String> apply(List<String> lines, int at) {
      JsonObject event = event(lines, at);
      boolean told =
          Set.of("received", "started", "settled", "released", "committed").contains(ev(event));
      return told || isWon(event) ? with(lines, at, event.put("epoch", 1_000)) : null;
    }
  },
  /** A mark carries another fence. */
  OTHER_FENCE {
    @Override
    @Nullable List<String> apply(List<String> lines, int at) {
      JsonObject event = event(lines, at);
      String detail = event.getString("detail", "");
      return ev(event).equals("settled") && detail.contains("fence=")
          ? with(lines, at, event.put("detail", detail.replace("fence=", "fence=1")))
          : null;
    }
  },
  /** A start is counted as an attempt too many. */
  OTHER_ATTEMPT {
    @Override
    @Nullable List<String> apply(List<String> lines, int at) {
      JsonObject event = event(lines, at);
      return ev(event).equals("started")
              && (isNext(lines, at, "settled") || isNext(lines, at, "parked"))
          ? with(lines, at, event.put("attempt", event.getInteger("attempt") + 1))
          : null;
    }
  },
  /** An exhausted message had one failure less. */
  OTHER_FAILURES {
    @Override
    @Nullable List<String> apply(List<String> lines, int at) {
      JsonObject event = event(lines, at);
      String detail = event.getString("detail", "");
      return detail.contains("exhausted=5")
          ? with(lines, at, event.put("detail", detail.replace("exhausted=5", "exhausted=4")))
          : null;
    }
  },
  /** A dead letter that nobody acknowledged. */
  UNACKNOWLEDGED {
    @Override
    @Nullable List<String> apply(List<String> lines, int at) {
      JsonObject event = event(lines, at);
      String detail = event.getString("detail", "");
      return detail.contains("dlq=") && ev(event).equals("settled")
          ? with(lines, at, event.put("detail", detail.replace("dlq=", "lost=")))
          : null;
    }
  };

  /** The log with the slip; null where it would break no promise here. */
  abstract @Nullable List<String> apply(List<String> lines, int at);

  private static JsonObject event(List<String> lines, int at) {
    return new JsonObject(lines.get(at));
  }

  private static String ev(JsonObject event) {
    return event.getString("ev");
  }

  private static boolean isWon(JsonObject event) {
    return ev(event).equals("claim") && "won".equals(event.getString("outcome"));
  }

  private static List<String> with(List<String> lines, int at, JsonObject event) {
    List<String> mutated = new ArrayList<>(lines);
    mutated.set(at, event.encode());
    return mutated;
  }

  /** Whether the next line of the same message is of that kind. */
  private static boolean isNext(List<String> lines, int at, String kind) {
    String msg = event(lines, at).getString("msg");
    for (String line : lines.subList(at + 1, lines.size())) {
      JsonObject next = new JsonObject(line);
      if (msg.equals(next.getString("msg"))) {
        return ev(next).equals(kind);
      }
    }
    return false;
  }

  /** Whether the second line, of the same message, may only come after the first. */
  private static boolean isOrdered(JsonObject first, JsonObject second) {
    String msg = first.getString("msg");
    return msg != null
        && msg.equals(second.getString("msg"))
        && !ev(first).equals("parked")
        && !ev(second).equals("parked");
  }

  /** Whether the second line commits what the first has finished. */
  private static boolean isPassed(JsonObject first, JsonObject second) {
    return ev(first).equals("settled")
        && ev(second).equals("committed")
        && first.getString("source").equals(second.getString("source"))
        && Long.parseLong(first.getString("pos")) < Long.parseLong(second.getString("pos"));
  }
}
