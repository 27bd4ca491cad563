package dev.tailrace.verify;

import dev.tailrace.verify.Findings.Plot;
import dev.tailrace.verify.History.Repeat;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * P2: what a handler finished twice, or a witness saw twice, and to which window each belongs. Only
 * one that belongs to none breaks the promise.
 */
final class RepeatCheck {
  private final History history;
  private final Findings findings;
  private final Map<Window, Long> windows = new EnumMap<>(Window.class);
  private long repeated;

  /** Where the promise allows a repetition. */
  enum Window {
    /** The process died, or left the handler, between effect and mark. */
    W1("W1"),
    /** The lease, the claim or the partition went while the handler ran. */
    W2("W2"),
    /** The store lost records, or the source began anew. */
    W3("W3"),
    /** The handler was tried again after its effect. */
    W4("W4"),
    /** Without a store, after a process or a partition that ended roughly. */
    A("grade A"),
    /** None of them. */
    UNATTRIBUTED("unattributed");

    private final String label;

    Window(String label) {
      this.label = label;
    }
  }

  RepeatCheck(History history, Findings findings) {
    this.history = history;
    this.findings = findings;
  }

  /** Judges what was finished twice. */
  void check() {
    for (Repeat repeat : history.repeats()) {
      judge(
          repeat.message(),
          false,
          " was finished twice by its handler, again by " + repeat.ownership().process());
    }
  }

  /** A witness saw a second effect of the message. */
  void effectAgain(int message) {
    judge(message, true, " had its effect twice");
  }

  long repeated() {
    return repeated;
  }

  String detail() {
    if (repeated == 0) {
      return "nothing finished twice";
    }
    return repeated
        + " repeated: "
        + windows.entrySet().stream()
            .map(entry -> entry.getKey().label + " " + entry.getValue())
            .collect(Collectors.joining(", "));
  }

  private void judge(int message, boolean effect, String how) {
    if (history.messages().set(message, MessageTable.REPEATED)) {
      return; // judged already
    }
    repeated++;
    Window window = windowOf(message, effect);
    windows.merge(window, 1L, Long::sum);
    if (window == Window.UNATTRIBUTED) {
      String printed = history.print(message);
      findings.broken(
          Guarantee.P2, printed + how, Plot.of(history.sourceOf(message).pipeline(), printed));
    }
  }

  private Window windowOf(int message, boolean effect) {
    MessageTable messages = history.messages();
    History.PipelineFacts pipeline = history.pipeline(history.sourceOf(message).pipeline());
    if (messages.has(message, MessageTable.KILLED)
        || messages.has(message, MessageTable.ABANDONED)) {
      return Window.W1;
    } else if (messages.has(message, MessageTable.LATE)) {
      return Window.W2;
    } else if (pipeline.storeLoss() || pipeline.repeatsAllowed()) {
      return Window.W3;
    } else if (effect && messages.has(message, MessageTable.RETRIED)) {
      return Window.W4;
    } else if (!pipeline.claims() && endedRoughly(message)) {
      return Window.A;
    }
    return Window.UNATTRIBUTED;
  }

  /** Whether the one who finished it first ended before its position was safe. */
  private boolean endedRoughly(int message) {
    int first = history.messages().ownerOf(message);
    if (first < 0) {
      return false;
    }
    Ownership ownership = history.ownerships().get(first);
    Position position = history.messages().positionOf(message);
    boolean safe =
        position.isOffset()
            ? position.major() < ownership.committed()
            : history.messages().has(message, MessageTable.ACKED);
    return ownership.endedRoughly() && !safe;
  }
}
