package dev.tailrace.simulation;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Origin;
import dev.tailrace.simulation.Topic.PartitionLog;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.source.PolledMessage;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message of a world, and what is true of it whatever the processes believe. */
final class WorldMessage implements PolledMessage {
  /** The header that holds the identity. */
  static final String ID = "id";

  final Identity identity;
  final Fate fate;
  final int patience; // how many calls fail before it is good
  final @Nullable WorldMessage before; // the one before it in its lane
  final @Nullable WorldLane lane; // null where nothing orders it
  final PartitionLog log;
  final List<Effect> effects = new ArrayList<>(2);
  boolean settled; // some process settled it, rightly
  boolean begun; // its first call was made
  int calls;
  boolean moved; // the tier of retries holds it
  int repeatable; // so many of its effects, the first ones, may come again: it was read anew
  int countedAlone; // so often a position said that it was about to run alone
  @Nullable OutgoingMessage letter; // the last one of it that the destination holds

  private final Origin origin;
  private final @Nullable Buffer key;
  private final Buffer body;
  private final Headers headers;

  /** What the producer gave it. */
  record Content(Identity identity, @Nullable Buffer key, Buffer body, Fate fate, int patience) {}

  WorldMessage(Origin origin, Content content, PartitionLog log, @Nullable WorldLane lane) {
    this.origin = origin;
    this.identity = content.identity();
    this.key = content.key();
    this.body = content.body();
    this.fate = content.fate();
    this.patience = content.patience();
    this.headers = Headers.empty().with(ID, content.identity().id());
    this.log = log;
    this.lane = lane;
    this.before = lane == null ? null : lane.last;
    if (lane != null) {
      lane.last = this;
    }
  }

  @Override
  public long offset() {
    return origin.major();
  }

  @Override
  public int bytes() {
    return body.length();
  }

  @Override
  public Origin origin() {
    return origin;
  }

  @Override
  public @Nullable Buffer key() {
    return key;
  }

  @Override
  public Buffer body() {
    return body;
  }

  @Override
  public Headers headers() {
    return headers;
  }

  @Override
  public Instant timestamp() {
    return Instant.EPOCH;
  }

  @Override
  public String toString() {
    return origin + " (" + identity.id() + ", " + fate + ")";
  }

  /** What several messages may share: the idempotency key. */
  static final class Identity {
    private final String id;
    final List<Effect> effects = new ArrayList<>(2);
    int failures; // of all its calls, also those that do not count
    boolean finished; // done, discarded or dead with a letter, in truth

    Identity(String id) {
      this.id = id;
    }

    String id() {
      return id;
    }
  }

  /**
   * An effect on the outside world.
   *
   * @param stay where it came from
   * @param claimId under which claim; "" without one
   * @param reported whether its handler reported a failure after it
   */
  record Effect(Stay stay, String claimId, boolean reported) {}

  /** Messages that run one after the other. */
  static final class WorldLane {
    final String name; // that of the same messages where the topic was made anew
    final List<Stay> running = new ArrayList<>(2);
    private @Nullable WorldMessage last;

    WorldLane(String name) {
      this.name = name;
    }
  }
}
