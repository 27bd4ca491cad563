package dev.tailrace.redis.link;

import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Something on the server that one holder has at a time, until it gives it back or fails to renew
 * it. Belongs to its loop.
 *
 * <p>The lease is a key that holds the holder's name, set where there is none and expiring; taking,
 * renewing and giving it back are scripts that compare the name. A request whose answer is lost is
 * sent again under the same name, and answered as the first one was. Each grant has a fencing
 * number, higher than that of every grant before it, and never below the server's clock: so it does
 * not go back when the server has forgotten the last one.
 *
 * <p>Held, it renews itself at a third of its length. The holder counts the length from when it
 * asked, so it knows of the end before the server lets anyone else have it, unless it stood still
 * meanwhile. Clocks are not compared; that the server's runs no faster than ours is relied on.
 */
public final class Lease {
  /** How long the number of the last grant is remembered after the lease was last renewed. */
  private static final Duration MEMORY = Duration.ofDays(1);

  private static final Duration RETRY_PAUSE = Duration.ofMillis(100);
  private static final RedisScript ACQUIRE = RedisScript.load(Lease.class, "lease-acquire.lua");
  private static final RedisScript RENEW = RedisScript.load(Lease.class, "lease-renew.lua");
  private static final RedisScript RELEASE = RedisScript.load(Lease.class, "lease-release.lua");

  private final Link link;
  private final Loop loop;
  private final Terms terms;
  private final BiConsumer<Lease, String> lost;
  private long fence; // event loop only: of the last grant, 0 before the first
  private boolean held; // event loop only
  private long until; // event loop only: nanos up to which it is certainly ours, while held
  private @Nullable Timer renewal; // event loop only
  private @Nullable Timer end; // event loop only

  /**
   * What is leased, to whom, and for how long.
   *
   * @param key of the lease; the number of its grants is beside it, under {@code key:fence}
   * @param holder a name that nobody else has, fit to be read by people
   * @param length how long it lasts without being renewed
   */
  public record Terms(String key, String holder, Duration length) {}

  /**
   * The answer to who has the lease.
   *
   * @param fence the number of the grant where it is ours, else 0
   * @param holder who has it where it is not ours, else ""
   */
  public record Grant(long fence, String holder) {
    /** Whether the lease is ours. */
    public boolean isOurs() {
      return fence > 0;
    }
  }

  /**
   * Makes a lease that is not held.
   *
   * @param lost told, with this and the reason, when the lease ends that was held, unless it was
   *     given back; it may be acquired again then
   */
  public Lease(Link link, Loop loop, Terms terms, BiConsumer<Lease, String> lost) {
    this.link = link;
    this.loop = loop;
    this.terms = terms;
    this.lost = lost;
  }

  /** A name for a holder that says where it is, and that nobody else has. */
  public static String holder(Loop loop) {
    return "process %d on %s since %s (%s)"
        .formatted(
            ProcessHandle.current().pid(),
            System.getenv().getOrDefault("HOSTNAME", "this host"),
            loop.wall(),
            HexFormat.of().toHexDigits(loop.random().nextLong()));
  }

  /** The key that it is on the server. */
  public String key() {
    return terms.key();
  }

  /** The name under which it is ours. */
  public String holder() {
    return terms.holder();
  }

  /** Whether the lease is certainly ours at this moment. */
  public boolean isHeld() {
    assert loop.inLoop();
    return held && until - loop.nanos() > 0;
  }

  /** The fencing number of the last grant; 0 before the first. */
  public long fence() {
    return fence;
  }

  /**
   * Asks for the lease once; it is held from the answer on, where that says so. What is unknown can
   * be asked again: the server may have granted it.
   */
  public Future<Reply<Grant>> acquire() {
    assert loop.inLoop();
    long asked = loop.nanos();
    return link.run(call(ACQUIRE), Lease::grant).map(reply -> answered(asked, reply));
  }

  /**
   * Gives the lease back, and forgets it in any case; what the server does not confirm runs out by
   * itself. Also after an {@link #acquire} of which the answer is unknown.
   */
  public Future<Reply<Boolean>> release() {
    assert loop.inLoop();
    stop();
    RedisScript.Call call = RELEASE.call().key(terms.key()).arg(terms.holder());
    return link.run(call, count -> count != null && count.toLong() > 0);
  }

  private Reply<Grant> answered(long asked, Reply<Grant> reply) {
    if (!(reply instanceof Reply.Ok<Grant> ok) || !ok.value().isOurs()) {
      return reply;
    }
    long end = asked + terms.length().toNanos();
    if (end - loop.nanos() <= 0) {
      return Reply.unknown(new TimeoutException("the lease was granted too long ago"));
    }
    fence = ok.value().fence();
    stop();
    held = true;
    prolong(end);
    scheduleRenewal(terms.length().dividedBy(3));
    return reply;
  }

  private void prolong(long end) {
    until = end;
    if (this.end != null) {
      this.end.cancel();
    }
    Duration left = Duration.ofNanos(Math.max(1, end - loop.nanos()));
    this.end = loop.after(left, () -> lose("it was not renewed within " + terms.length()));
  }

  private void scheduleRenewal(Duration in) {
    if (renewal != null) {
      renewal.cancel();
    }
    renewal = loop.after(in, this::renew);
  }

  private void renew() {
    long asked = loop.nanos();
    long granted = fence;
    link.run(call(RENEW), String::valueOf)
        .onSuccess(
            reply -> {
              if (held && granted == fence) {
                renewed(asked, reply);
              }
            });
  }

  private void renewed(long asked, Reply<String> reply) {
    if (!(reply instanceof Reply.Ok<String> ok)) {
      if (!link.isClosed()) {
        scheduleRenewal(RETRY_PAUSE);
      }
    } else if (ok.value().equals(terms.holder())) {
      prolong(asked + terms.length().toNanos());
      scheduleRenewal(terms.length().dividedBy(3));
    } else if (ok.value().isEmpty()) {
      lose("it ran out");
    } else {
      lose("it has passed to " + ok.value());
    }
  }

  private void lose(String why) {
    if (held) {
      stop();
      lost.accept(this, why);
    }
  }

  private void stop() {
    held = false;
    if (renewal != null) {
      renewal.cancel();
    }
    if (end != null) {
      end.cancel();
    }
  }

  private RedisScript.Call call(RedisScript script) {
    return script
        .call()
        .key(terms.key())
        .key(terms.key() + ":fence")
        .arg(terms.holder())
        .arg(terms.length().toMillis())
        .arg(MEMORY.toMillis());
  }

  private static Grant grant(@Nullable Response answer) {
    if (answer == null) {
      throw new IllegalStateException("a lease without an answer");
    }
    return new Grant(answer.get(0).toLong(), answer.get(1).toString());
  }
}
