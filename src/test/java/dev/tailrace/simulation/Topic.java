package dev.tailrace.simulation;

import dev.tailrace.dispatch.Order;
import dev.tailrace.message.Origin;
import dev.tailrace.runtime.Choices;
import dev.tailrace.simulation.WorldMessage.Content;
import dev.tailrace.simulation.WorldMessage.Identity;
import dev.tailrace.simulation.WorldMessage.WorldLane;
import dev.tailrace.source.Position;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The partitions of the one topic, with holes between messages, and the positions committed. */
final class Topic {
  /** No body is longer. */
  static final int MOST_BYTES = 40;

  private final Choices choices;
  private final WorldSettings settings;
  private final Map<String, PartitionLog> logs = new LinkedHashMap<>();
  private final Map<String, WorldMessage> byOrigin = new HashMap<>();
  private final List<Identity> identities = new ArrayList<>();
  private final int keys;
  private int incarnation;
  private int killers;
  private boolean failing;

  /** One partition. */
  static final class PartitionLog {
    final String source;
    final int incarnation;
    final List<WorldMessage> messages = new ArrayList<>();
    private final Map<String, WorldLane> lanes = new HashMap<>();
    private final List<Position> believed = new ArrayList<>(0); // of the old topic, by newcomers
    long end;
    @Nullable Position committed;
    int committedOf; // the incarnation of the topic that the committed position is of
    boolean restarted; // its owner has begun at the oldest message, and not committed since

    PartitionLog(String source, int incarnation) {
      this.source = source;
      this.incarnation = incarnation;
      this.committedOf = incarnation;
    }

    /** Whether the broker holds a position of the topic that was deleted. */
    boolean isOutdated() {
      return committed != null && committedOf != incarnation;
    }

    /** Somebody who cannot know better takes the position of the old topic for one of this. */
    void believe(Position old) {
      believed.add(old);
    }

    /** Whether a message was passed over by who could not know better. */
    boolean isPassedOver(WorldMessage message) {
      for (Position old : believed) {
        if (PositionLedger.covers(old, message)) {
          return true;
        }
      }
      return false;
    }

    long committedOffset() {
      return committed == null ? 0 : committed.offset();
    }

    boolean isFinished() {
      if (incarnation == 0) {
        return messages.isEmpty() || committedOffset() > messages.get(messages.size() - 1).offset();
      }
      // A position proves nothing by itself there, and the broker may have forgotten it since.
      long below = committed == null ? Long.MAX_VALUE : committed.offset();
      for (WorldMessage message : messages) {
        if (!isPassedOver(message) && !(message.settled && message.offset() < below)) {
          return false;
        }
      }
      return true;
    }

    /** The index of the first message at {@code offset} or above. */
    int indexOf(long offset) {
      int low = 0;
      int high = messages.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (messages.get(middle).offset() < offset) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }
  }

  Topic(Choices choices, WorldSettings settings, int messages) {
    this.choices = choices;
    this.settings = settings;
    this.keys = 1 + choices.pick(6);
    for (int i = 0; i < settings.group().partitions(); i++) {
      String source = "orders/" + i;
      logs.put(source, new PartitionLog(source, 0));
    }
    append(messages);
  }

  /** Deletes it and creates it again, empty. The broker keeps the group's positions for now. */
  void remake() {
    incarnation++;
    logs.replaceAll(
        (source, old) -> {
          PartitionLog made = new PartitionLog(source, incarnation);
          made.committed = old.committed;
          made.committedOf = old.committedOf;
          return made;
        });
  }

  /** The broker forgets the positions of what was deleted. */
  void forgetPositions() {
    for (PartitionLog log : logs.values()) {
      if (log.isOutdated()) {
        log.committed = null;
        log.committedOf = log.incarnation;
      }
    }
  }

  /** How often it was made anew. */
  int incarnation() {
    return incarnation;
  }

  /** From now on no call of any handler succeeds with what is in it, or all do as they are. */
  void failAll(boolean now) {
    failing = now;
  }

  /** Whether no call of any handler succeeds now. */
  boolean allFail() {
    return failing;
  }

  /** Adds messages to partitions by choice. */
  void append(int messages) {
    List<PartitionLog> all = List.copyOf(logs.values());
    for (int i = 0; i < messages; i++) {
      append(all.size() == 1 ? all.get(0) : all.get(choices.pick(all.size())));
    }
  }

  private void append(PartitionLog log) {
    boolean hole = choices.pick(6) == 0;
    long offset = log.end + (hole ? 1 + choices.pick(4) : 0);
    Buffer key = choices.pick(8) == 0 ? null : Buffer.buffer(log.source + "-" + pick(keys));
    WorldMessage message =
        new WorldMessage(Origin.offset(log.source, offset), content(key), log, lane(log, key));
    log.messages.add(message);
    log.end = offset + 1;
    byOrigin.put(name(message.origin().toString(), message.identity.id()), message);
  }

  private int pick(int bound) {
    return bound == 1 ? 0 : choices.pick(bound);
  }

  private Content content(@Nullable Buffer key) {
    // Of an older topic it might be that of the message at the same place.
    boolean again = !identities.isEmpty() && incarnation == 0 && choices.pick(12) == 0;
    Identity identity =
        again ? identities.get(pick(identities.size())) : new Identity("id-" + identities.size());
    identities.add(identity);
    boolean other = again && settings.deadLetters() && choices.pick(3) == 0;
    String text = other ? "another payload" : identity.id().repeat(1 + identity.id().length() % 5);
    return new Content(identity, key, Buffer.buffer(text), fate(), 1 + choices.pick(3));
  }

  /** Mostly good. */
  private Fate fate() {
    if (choices.pick(2) == 0) {
      return Fate.GOOD;
    }
    Fate[] all = Fate.values();
    Fate fate = all[choices.pick(all.length)];
    // More than one ends as surely, and every death costs a session and a lease.
    return fate == Fate.KILLS && killers++ > 0 ? Fate.GOOD : fate;
  }

  private @Nullable WorldLane lane(PartitionLog log, @Nullable Buffer key) {
    Order order = settings.pool().order();
    if (order == Order.UNORDERED || (order == Order.KEY && key == null)) {
      return null;
    }
    String name = order == Order.KEY ? String.valueOf(key) : log.source;
    return log.lanes.computeIfAbsent(name, WorldLane::new);
  }

  Map<String, PartitionLog> logs() {
    return logs;
  }

  PartitionLog log(String source) {
    PartitionLog log = logs.get(source);
    if (log == null) {
      throw new AssertionError("there is no " + source);
    }
    return log;
  }

  /** The message at a place, whatever its place holds now. */
  WorldMessage at(String origin, String id) {
    WorldMessage message = byOrigin.get(name(origin, id));
    if (message == null) {
      throw new AssertionError("there is no message " + origin);
    }
    return message;
  }

  /** What messages of that idempotency key share. */
  Identity identity(String id) {
    return identities.stream()
        .filter(identity -> identity.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no " + id));
  }

  private static String name(String origin, String id) {
    return origin + ' ' + id;
  }

  /** Every message below this mark, and all that its metadata names, is finished in truth. */
  boolean isFinished() {
    for (PartitionLog log : logs.values()) {
      if (!log.isFinished()) {
        return false;
      }
    }
    return true;
  }

  /** For messages: what is not finished. */
  String unfinished() {
    StringBuilder text = new StringBuilder();
    for (PartitionLog log : logs.values()) {
      text.append(log.source)
          .append(" committed ")
          .append(log.committed)
          .append(log.isOutdated() ? " of a deleted topic" : "")
          .append(", not settled:");
      log.messages.stream()
          .filter(message -> !message.settled)
          .forEach(message -> text.append(' ').append(message));
      text.append("; ");
    }
    return text.toString();
  }
}
