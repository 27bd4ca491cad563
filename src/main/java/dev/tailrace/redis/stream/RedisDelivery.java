package dev.tailrace.redis.stream;

import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Retried;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** A stream entry in the pool. Belongs to the loop of its source. */
final class RedisDelivery implements Delivery {
  private final ConsumedStream stream;
  private final Arrival arrival;
  private State state = State.HELD; // event loop only
  private long knownAt; // event loop only: nanos when the server was asked that said it is ours
  private boolean counted; // event loop only: its start is, or may be, on the server
  private boolean ranAlone; // event loop only: it was suspected
  private Future<?> uncounted = Future.succeededFuture(); // event loop only
  private boolean moving; // event loop only: into a tier of retries
  private boolean sent; // event loop only: its acknowledgement was sent at least once

  /** Where an entry stands between its broker and the pool. */
  enum State {
    /** The pool has it; it is renewed. */
    HELD,
    /** As held, but the stream has lost it: nobody else can get it, and nothing can be renewed. */
    GONE,
    /** Another consumer has it by now; it may still run here. */
    STOLEN,
    /** Finished; it is acknowledged until the server has confirmed that. */
    SETTLED,
    /** Unfinished, and to be given back. */
    RELEASED
  }

  RedisDelivery(ConsumedStream stream, Arrival arrival) {
    this.stream = stream;
    this.arrival = arrival;
    this.knownAt = arrival.askedAt();
  }

  @Override
  public Message message() {
    return arrival.read().message();
  }

  @Override
  public Origin position() {
    return arrival.read().position();
  }

  @Override
  public @Nullable Retried retried() {
    return arrival.read().retried();
  }

  @Override
  public Partition partition() {
    return stream.partition();
  }

  @Override
  public int bytes() {
    return arrival.bytes();
  }

  @Override
  public int deliveries() {
    return arrival.count().deliveries();
  }

  /** What the server said of it when it came. */
  DeliveryCount count() {
    return arrival.count();
  }

  @Override
  public boolean mayStart() {
    return state == State.GONE || stream.isOurs(knownAt);
  }

  /** The server has said that it is ours. */
  void renewed(long askedAt) {
    knownAt = askedAt;
  }

  @Override
  public boolean suspected() {
    StartCounts starts = arrival.starts();
    return starts != null && starts.suspicion().covers(arrival.count());
  }

  @Override
  public int deaths() {
    return arrival.starts() == null ? 0 : arrival.count().alone();
  }

  @Override
  public Future<Boolean> countStart() {
    StartCounts starts = arrival.starts();
    if (starts == null || !suspected() || state == State.GONE) {
      return Future.succeededFuture(true);
    }
    counted = true;
    ranAlone = true;
    return starts.count(this);
  }

  @Override
  public void rests() {
    StartCounts starts = arrival.starts();
    if (counted && starts != null) {
      counted = false;
      uncounted = starts.uncount(this);
    }
  }

  @Override
  public Future<?> endWritten() {
    return uncounted;
  }

  /** Streams keep no commit metadata: what is finished is acknowledged and does not come again. */
  @Override
  public boolean finishedBefore() {
    return false;
  }

  @Override
  public void settle() {
    if (state != State.SETTLED && state != State.RELEASED) {
      state = State.SETTLED;
      StartCounts starts = arrival.starts();
      if (ranAlone && starts != null) {
        starts.suspicion().finished();
      }
      stream.settled(this);
    }
  }

  @Override
  public void moving(boolean now) {
    moving = now;
  }

  /** Whether nobody may say that another has it: who moves it asks the server itself. */
  boolean isMoving() {
    return moving;
  }

  @Override
  public void release() {
    if (state != State.SETTLED && state != State.RELEASED) {
      boolean ours = state == State.HELD;
      state = State.RELEASED;
      stream.released(this, ours);
    }
  }

  State state() {
    return state;
  }

  /** The renewal or a takeover found out whose the entry is now; what has ended stays as it is. */
  void found(State now) {
    if (state != State.SETTLED && state != State.RELEASED) {
      state = now;
    }
  }

  void sent() {
    sent = true;
  }

  boolean wasSent() {
    return sent;
  }

  @Override
  public String toString() {
    return position() + " " + state;
  }
}
