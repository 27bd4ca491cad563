package dev.tailrace.verify;

import dev.tailrace.verify.Leg.End;
import dev.tailrace.verify.Leg.Facts;
import dev.tailrace.verify.Leg.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What outside witnesses saw: one line per effect, with the name of the process that had it where
 * the witness knows it. The last moments of a killed process are missing in its log, so an effect
 * that no log tells of is taken for its work, where that is possible.
 */
final class Witnesses {
  private static final int NOBODY = -1;

  private final History history;
  private final Findings findings;
  private final Map<String, Integer> names = new HashMap<>();
  private final List<String> processes = new ArrayList<>();
  private long seen;
  private long untold;

  Witnesses(History history, Findings findings) {
    this.history = history;
    this.findings = findings;
  }

  void read(Path effects) throws IOException {
    if (!Files.isRegularFile(effects)) {
      findings.refuse("the effects in " + effects.getFileName() + " are missing");
      return;
    }
    JsonTree.read(effects, this::effect);
  }

  private void effect(JsonTree line) {
    String pipeline = line.text("pipeline");
    String msg = line.text("msg");
    int at = msg == null ? -1 : msg.lastIndexOf('@');
    Position position = msg == null ? null : Position.parse(msg.substring(at + 1));
    if (pipeline == null || msg == null || at < 0 || position == null) {
      findings.refuse("an effect names no pipeline and message");
      return;
    }
    findings.exercised(Guarantee.P2);
    seen++;
    String process = line.text("proc");
    SourceHistory source = history.source(pipeline, msg.substring(0, at));
    Place place = Place.of(source.index(), position);
    int witness = process == null ? NOBODY : number(process);
    history.keep(
        new Leg(place, End.EFFECT, 0, new Facts(witness, 0, 0, 0, 0, line.number("nanos"))));
  }

  private int number(String process) {
    return names.computeIfAbsent(
        process,
        added -> {
          processes.add(added);
          return processes.size() - 1;
        });
  }

  /** How many effects they saw. */
  long seen() {
    return seen;
  }

  /** What witnesses say against what logs say. */
  void check(MessageLegs message) {
    if (!message.isReceived()) {
      if (history.processes().values().stream().noneMatch(ProcessHistory::wasKilled)) {
        untold++;
      }
      return;
    }
    for (Leg effect : message.effects()) {
      String process = nameOf(effect);
      if (process != null && !isTold(message, process) && !wasKilled(process)) {
        findings.broken(
            Guarantee.P10,
            message.printed() + " had its effect in " + process + ", whose log has no start of it",
            message.plot());
      }
    }
  }

  /** Refuses a run in which messages had effects of which no log tells. */
  void end() {
    if (untold > 0) {
      findings.refuse("%d messages had an effect, and no log tells of them".formatted(untold));
    }
  }

  /**
   * How many effects of the message killed processes may have had in the moments that their logs
   * have lost, without those that such a process had in hand when its log ends. Of one whose log
   * shows that it had the message, or had passed it, only what came after: a message that it had
   * moved to a tier of retries may have come back to it from there.
   */
  long unseen(MessageLegs message) {
    Set<ProcessHistory> had = whoHad(message);
    Set<ProcessHistory> inHand = new HashSet<>();
    for (Leg leg : message.legs()) {
      if (leg.end() == End.KILLED) {
        inHand.add(history.ownership(leg).process());
      }
    }
    Set<String> named = new HashSet<>();
    for (Leg effect : message.effects()) {
      String process = nameOf(effect);
      if (process != null) {
        named.add(process);
      }
    }
    return history.processes().values().stream()
        .filter(ProcessHistory::wasKilled)
        .filter(process -> !inHand.contains(process))
        .filter(process -> named.isEmpty() || named.contains(process.process()))
        .mapToLong(
            process ->
                had.contains(process) ? afterTheLog(message, process) : unseen(message, process))
        .sum();
  }

  /** Whose logs show that they had the message, or had passed it, until they ended. */
  private Set<ProcessHistory> whoHad(MessageLegs message) {
    Set<ProcessHistory> had = new HashSet<>();
    for (Leg leg : message.legs()) {
      if (history.ownership(leg).lastedToTheEnd()) {
        had.add(history.ownership(leg).process());
      }
    }
    for (Ownership ownership : message.source().ownerships()) {
      long position = message.position().major();
      boolean behind = position <= ownership.highestReceived() || position < ownership.assigned();
      if (ownership.lastedToTheEnd() && message.position().isOffset() && behind) {
        had.add(ownership.process());
      }
    }
    return had;
  }

  /**
   * How many effects of the message a killed process may have had in the moments that its log has
   * lost, where it may have tried it several times: as many as came after its last line, by its own
   * clock; one, where the witness does not say when, or where several had its name.
   */
  long unseen(MessageLegs message, ProcessHistory killed) {
    return Math.max(1, afterTheLog(message, killed));
  }

  /** How many are known to have come after the last line of a killed process's log. */
  private long afterTheLog(MessageLegs message, ProcessHistory killed) {
    if (history.processes().values().stream().filter(each -> isNamed(each, killed)).count() > 1) {
      return 0;
    }
    return message.effects().stream()
        .filter(effect -> killed.process().equals(nameOf(effect)))
        .filter(effect -> effect.seenNanos() > killed.lastNanos())
        .count();
  }

  private static boolean isNamed(ProcessHistory process, ProcessHistory as) {
    return process.process().equals(as.process());
  }

  private @Nullable String nameOf(Leg effect) {
    return effect.ownership() == NOBODY ? null : processes.get(effect.ownership());
  }

  private boolean isTold(MessageLegs message, String process) {
    return message.legs().stream()
        .filter(leg -> leg.has(Leg.STARTED))
        .anyMatch(leg -> history.ownership(leg).process().process().equals(process));
  }

  private boolean wasKilled(String process) {
    return history.processes().values().stream()
        .anyMatch(each -> each.process().equals(process) && each.wasKilled());
  }
}
