package dev.tailrace.verify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is kept of a run while it is read: a few bytes per message, a few words per process. */
final class History {
  private final MessageTable messages = new MessageTable();
  private final List<SourceHistory> sources = new ArrayList<>();
  private final Map<SourceKey, SourceHistory> sourcesByKey = new HashMap<>();
  private final Map<String, PipelineFacts> pipelines = new TreeMap<>();
  private final Map<String, ProcessHistory> processes = new LinkedHashMap<>();
  private final List<Ownership> ownerships = new ArrayList<>();
  private final List<Repeat> repeats = new ArrayList<>();

  private record SourceKey(String pipeline, String source) {}

  /**
   * A message that a handler finished again.
   *
   * @param message its number
   * @param ownership under which it was finished again
   */
  record Repeat(int message, Ownership ownership) {}

  /** What was seen of a pipeline anywhere. */
  static final class PipelineFacts {
    private boolean claims;
    private boolean storeLoss;
    private boolean repeatsAllowed;

    /** It asks a store, so that even a kill repeats nothing that was marked. */
    boolean claims() {
      return claims;
    }

    void sawClaim() {
      claims = true;
    }

    /** The store lost records. */
    boolean storeLoss() {
      return storeLoss;
    }

    void sawStoreLoss() {
      storeLoss = true;
    }

    /** Positions began anew, or metadata was lost: an alarm said that messages repeat. */
    boolean repeatsAllowed() {
      return repeatsAllowed;
    }

    void sawReset() {
      repeatsAllowed = true;
    }
  }

  MessageTable messages() {
    return messages;
  }

  SourceHistory source(String pipeline, String source) {
    return sourcesByKey.computeIfAbsent(
        new SourceKey(pipeline, source),
        key -> {
          SourceHistory added = new SourceHistory(sources.size(), pipeline, source);
          sources.add(added);
          return added;
        });
  }

  List<SourceHistory> sources() {
    return sources;
  }

  PipelineFacts pipeline(String name) {
    return pipelines.computeIfAbsent(name, absent -> new PipelineFacts());
  }

  Map<String, ProcessHistory> processes() {
    return processes;
  }

  Ownership own(ProcessHistory process, SourceHistory source, int epoch) {
    Ownership added = new Ownership(ownerships.size(), process, source, epoch);
    ownerships.add(added);
    return added;
  }

  List<Ownership> ownerships() {
    return ownerships;
  }

  List<Repeat> repeats() {
    return repeats;
  }

  /** The message as printed, {@code orders/2@57}. */
  String print(int message) {
    return sourceOf(message).source() + "@" + messages.positionOf(message);
  }

  SourceHistory sourceOf(int message) {
    return sources.get(messages.sourceOf(message));
  }
}
