package dev.tailrace.verify;

import dev.tailrace.verify.Leg.End;
import dev.tailrace.verify.Verdicts.Totals;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * P2: what a handler finished twice, or a witness saw twice, and to which window each repetition
 * belongs. One that belongs to none breaks the promise.
 *
 * <p>One attempt without a window may have an effect; every other effect needs an attempt of its
 * own that fell into one.
 */
final class RepeatCheck {
  private final History history;
  private final Findings findings;
  private final Witnesses witnesses;
  private final Windows windows;
  private final Map<Window, Long> attributed = new EnumMap<>(Window.class);
  private long repeated;
  private long unattributed;

  RepeatCheck(History history, Findings findings, Witnesses witnesses) {
    this.history = history;
    this.findings = findings;
    this.witnesses = witnesses;
    this.windows = new Windows(history);
  }

  long repeated() {
    return repeated;
  }

  /** By what explains them. */
  Map<String, Long> repetitions() {
    Map<String, Long> repetitions = new LinkedHashMap<>();
    attributed.forEach((window, number) -> repetitions.put(window.label(), number));
    if (unattributed > 0) {
      repetitions.put(Totals.UNATTRIBUTED, unattributed);
    }
    return repetitions;
  }

  String detail() {
    if (repeated == 0) {
      return "nothing finished twice";
    }
    return repetitions().entrySet().stream()
        .map(window -> window.getKey() + " " + window.getValue())
        .collect(Collectors.joining(", ", repeated + " repeated: ", ""));
  }

  void check(MessageLegs message) {
    long done = message.legs().stream().filter(leg -> leg.end() == End.DONE).count();
    int effects = message.effects().size();
    long extra = Math.max(done, effects) - 1;
    if (effects > 0) {
      findings.exercised(Guarantee.P2);
      witnesses.check(message);
    }
    if (extra <= 0) {
      return;
    }
    repeated++;
    Excuses excuses = new Excuses(message, effects >= done);
    long missing = Math.max(excuses.plainDone - excuses.lives(), 0);
    if (effects >= done) {
      long explained = excuses.sum() + Math.min(excuses.plain, excuses.lives());
      if (effects > explained) {
        excuses.add(Window.W1, witnesses.unseen(message));
        explained = excuses.sum() + Math.min(excuses.plain, excuses.lives());
      }
      missing = Math.max(missing, effects - explained);
    }
    attribute(excuses, extra - missing);
    if (missing > 0) {
      unattributed += missing;
      findings.broken(Guarantee.P2, message.printed() + how(message, done), message.plot());
    }
  }

  private String how(MessageLegs message, long done) {
    if (done < 2) {
      return " had its effect " + message.effects().size() + " times";
    }
    String by =
        message.legs().stream()
            .filter(leg -> leg.end() == End.DONE)
            .map(leg -> history.ownership(leg).process().toString())
            .collect(Collectors.joining(" and "));
    return " was finished " + (done == 2 ? "twice" : done + " times") + " by its handler, in " + by;
  }

  private void attribute(Excuses excuses, long repetitions) {
    long left = repetitions;
    for (Window window : Window.values()) {
      long here = Math.min(left, excuses.windows.getOrDefault(window, 0L));
      if (here > 0) {
        attributed.merge(window, here, Long::sum);
        left -= here;
      }
    }
    if (left > 0) {
      attributed.merge(Window.A, left, Long::sum); // those of another life of the message
    }
  }

  /** The attempts of a message, by what allows for another effect. */
  private final class Excuses {
    private final Map<Window, Long> windows = new EnumMap<>(Window.class);
    private long plain;
    private long plainDone;
    private long copies;

    Excuses(MessageLegs message, boolean allAttempts) {
      for (Leg leg : message.legs()) {
        copies += RepeatCheck.this.windows.mayBeCopied(message, leg) ? 1 : 0;
        if (leg.has(Leg.STARTED)) {
          @Nullable Window window = RepeatCheck.this.windows.of(message, leg);
          if (window == null) {
            plain++;
            plainDone += leg.end() == End.DONE ? 1 : 0;
          } else if (allAttempts || leg.end() == End.DONE) {
            add(window, leg.end() == End.KILLED ? unseen(message, leg) : 1);
          }
        } else if (leg.end() == End.KILLED && allAttempts) {
          add(Window.W1, unseen(message, leg)); // it may have started after the log's last line
        }
      }
    }

    /** Its effect, or those of all attempts that it had after the last line of its log. */
    private long unseen(MessageLegs message, Leg killed) {
      return witnesses.unseen(message, history.ownership(killed).process());
    }

    void add(Window window, long number) {
      windows.merge(window, number, Long::sum);
    }

    /** How often the message may have been there; each of them may have its effect. */
    long lives() {
      return 1 + copies;
    }

    long sum() {
      return windows.values().stream().mapToLong(Long::longValue).sum();
    }
  }
}
