package dev.tailrace.redis.link;

import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to whichever server of a cluster has a slot, for commands on its keys. Belongs to
 * its loop.
 *
 * <p>A server that has not, or no longer, what a command is about says so and carries nothing out:
 * the command waits until all that was sent with it is answered, and is then sent where it belongs,
 * before anything that came later. So it is while a slot moves, too, whose keys are partly here and
 * partly there. What waits longer than a command may take is unknown; where that is since the
 * cluster serves nobody, the link counts as not connected until it does. {@link SlotOwner} says who
 * has the slot.
 */
final class SlotLink implements Link {
  /** Until a slot whose keys are on the move, or that nobody has, is tried again. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  private static final Logger LOG = LoggerFactory.getLogger(SlotLink.class);

  private final Vertx vertx;
  private final Loop loop;
  private final RedisConfig config;
  private final int slot;
  private final Events events;
  private final SlotOwner owner;
  private final ArrayDeque<Call<?>> waiting = new ArrayDeque<>(); // event loop only
  private final List<Call<?>> again = new ArrayList<>(); // event loop only: to be sent again
  private int underWay; // event loop only
  private boolean held; // event loop only: nothing is sent before what is under way is answered
  private boolean tired; // event loop only: and not before a pause
  private @Nullable String moved; // event loop only: where the slot is, as its last server said
  private @Nullable RedisLink aside; // event loop only: to the server that the slot is moving to
  private String asideAt = ""; // event loop only: address of that server
  private @Nullable LinkStatus unserved; // event loop only: the cluster is down, for too long
  private boolean closed; // event loop only

  /** A command until it is answered. */
  private static final class Call<T> {
    private final Request request;
    private final Duration block;
    private final Function<@Nullable Response, T> reader;
    private final long deadline; // in nanos; of being sent again
    private final Promise<Reply<T>> reply = Promise.promise();
    private @Nullable String aside; // event loop only: where to ask, once
    private int sent; // event loop only
    private String refusal = ""; // event loop only: why the cluster is down

    Call(Request request, Duration block, Function<@Nullable Response, T> reader, long deadline) {
      this.request = request;
      this.block = block;
      this.reader = reader;
      this.deadline = deadline;
    }
  }

  /**
   * Makes the link; nothing is connected before {@link #open}.
   *
   * @param finder may serve several links
   */
  SlotLink(int slot, SlotMapFinder finder, Events events) {
    this.vertx = finder.vertx();
    this.loop = finder.loop();
    this.config = finder.config();
    this.slot = slot;
    this.events = events;
    this.owner = new SlotOwner(slot, finder, new Connection());
  }

  @Override
  public Future<Void> open() {
    assert loop.inLoop();
    return owner.open();
  }

  @Override
  public LinkStatus status() {
    return unserved == null || closed ? owner.status() : unserved;
  }

  @Override
  public RedisConfig config() {
    return config;
  }

  @Override
  public String server() {
    return owner.address();
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public boolean isUp() {
    return owner.isUp();
  }

  @Override
  public <T> Future<Reply<T>> send(
      Request request, Duration block, Function<@Nullable Response, T> reader) {
    assert loop.inLoop();
    long deadline = loop.nanos() + config.timeout().plus(block).toNanos();
    Call<T> call = new Call<>(request, block, reader, deadline);
    if (closed) {
      call.reply.complete(Reply.unknown(new IllegalStateException(config + " is closed")));
    } else {
      waiting.add(call);
      sendWaiting();
      if (call.sent == 0) {
        loop.after(config.timeout().plus(block), () -> expire(call));
      }
    }
    return call.reply.future();
  }

  @Override
  public Future<Void> close() {
    assert loop.inLoop();
    if (closed) {
      return Future.succeededFuture();
    }
    closed = true;
    Future<Void> ends = Future.join(owner.close(), endAside()).mapEmpty();
    waiting.addAll(again);
    again.clear();
    IllegalStateException cause = new IllegalStateException(config + " was closed");
    waiting.forEach(call -> call.reply.tryComplete(Reply.unknown(cause)));
    waiting.clear();
    return ends;
  }

  private void sendWaiting() {
    RedisLink to = owner.link();
    while (to != null && !held && !waiting.isEmpty()) {
      transmit(waiting.remove(), to);
    }
  }

  private <T> void transmit(Call<T> call, RedisLink to) {
    if (call.sent > 0 && call.deadline - loop.nanos() <= 0) {
      late(call);
      return;
    }
    underWay++;
    call.sent++;
    String there = call.aside;
    call.aside = null;
    if (there == null) {
      String by = owner.address();
      to.send(call.request, call.block, call.reader).onSuccess(reply -> answered(call, by, reply));
    } else {
      aside(there)
          .sendTogether(
              List.of(Request.cmd(Command.ASKING), call.request),
              call.block,
              answers -> Answers.read(answers.last(), call.reader))
          .onSuccess(reply -> answered(call, there, reply));
    }
  }

  /** Nobody was there to send it to, or what came before it took too long. */
  private void expire(Call<?> call) {
    if (waiting.remove(call)) {
      late(call);
    }
  }

  private void late(Call<?> call) {
    String why = "slot " + slot + " of " + config + " was not to be had in time" + call.refusal;
    if (unserved == null && !call.refusal.isEmpty()) {
      unserved = new LinkStatus(false, loop.wall(), why);
      events.down(why);
    }
    call.reply.tryComplete(Reply.unknown(new TimeoutException(why)));
  }

  /** A server does what it is asked for. */
  private void served() {
    if (unserved != null) {
      unserved = null;
      events.up();
    }
  }

  private <T> void answered(Call<T> call, String by, Reply<T> reply) {
    underWay--;
    if (closed || !(reply instanceof Reply.Failed<T> failed) || !isElsewhere(call, by, failed)) {
      call.reply.tryComplete(reply);
      if (!reply.isUnknown() && !call.request.command().equals(Command.CLIENT)) {
        served(); // that one every server answers
      }
    } else {
      held = true;
      again.add(call);
    }
    if (held && underWay == 0 && !closed) {
      goOn();
    }
  }

  /** Whether nothing was carried out since the server does not have what is needed. */
  private boolean isElsewhere(Call<?> call, String by, Reply.Failed<?> failed) {
    call.refusal = "";
    Optional<Redirection> to = Redirection.of(failed.cause());
    if (to.isPresent()) {
      String address = config.servers().named(to.get().host(), to.get().port(), by);
      if (to.get().lasting()) {
        moved = address;
      } else {
        call.aside = address;
      }
      tired |= call.sent > 2; // servers that do not agree yet
      return true;
    }
    boolean nobody = ServerError.is(failed.cause(), "CLUSTERDOWN");
    if (nobody) {
      call.refusal = ": " + failed.cause().getMessage();
      owner.seek();
    }
    boolean later = nobody || ServerError.is(failed.cause(), "TRYAGAIN");
    tired |= later;
    return later;
  }

  /** All that was sent is answered: what is to be sent again goes before the rest. */
  private void goOn() {
    for (int i = again.size() - 1; i >= 0; i--) {
      waiting.addFirst(again.get(i));
    }
    again.clear();
    String to = moved;
    moved = null;
    if (to != null) {
      owner.lead(to);
      Future<Void> unused = endAside();
    }
    if (tired) {
      tired = false;
      loop.after(PAUSE, this::release);
    } else {
      release();
    }
  }

  private void release() {
    held = false;
    sendWaiting();
  }

  private RedisLink aside(String address) {
    RedisLink there = aside;
    if (there != null && address.equals(asideAt) && !there.isClosed()) {
      return there;
    }
    RedisLink fresh = new RedisLink(vertx, loop, config.node(address), new Events() {});
    fresh.open().onFailure(refusal -> LOG.debug("{} was not to be asked", address, refusal));
    aside = fresh;
    asideAt = address;
    if (there != null) {
      Future<Void> unused = there.close();
    }
    return fresh;
  }

  private Future<Void> endAside() {
    RedisLink last = aside;
    aside = null;
    return last == null ? Future.succeededFuture() : last.close();
  }

  /** What becomes of the connection to the server that has the slot. */
  private final class Connection implements Events {
    @Override
    public void up() {
      sendWaiting();
      unserved = null;
      events.up();
    }

    @Override
    public void down(String why) {
      events.down(why);
    }
  }
}
