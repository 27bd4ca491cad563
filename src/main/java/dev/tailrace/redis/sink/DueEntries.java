package dev.tailrace.redis.sink;

import dev.tailrace.redis.link.Link;
import dev.tailrace.redis.link.RedisScript;
import dev.tailrace.redis.stream.RetryKeys;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import io.vertx.redis.client.Response;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves what is due to its stream, a bounded number at once. Every process does, for all messages
 * of the tier; each is moved by one of them. It sleeps until the next one is due that it knows of,
 * and looks from time to time for those of a process that has died. Belongs to its loop.
 */
final class DueEntries {
  /** Longer would hold up the server, which does nothing else meanwhile. */
  private static final int MOST_MESSAGES = 200;

  private static final int MOST_BYTES = 1 << 20;

  /** What is due within this time of another is moved with the next ones. */
  private static final Duration LEAST_PAUSE = Duration.ofMillis(10);

  /** P1 leaves 10 s after a death. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(500);
  private static final RedisScript MOVE = RedisScript.load(DueEntries.class, "move-due.lua");
  private static final Logger LOG = LoggerFactory.getLogger(DueEntries.class);

  private final Loop loop;
  private final Link link;
  private final RetryKeys keys;
  private @Nullable Timer timer; // event loop only
  private long wakeAt; // event loop only: when the timer ends, or what is known while one moves
  private boolean moving; // event loop only
  private boolean stopped; // event loop only
  private @Nullable String refusal; // event loop only: what the server refused last

  /** What one call has done. */
  private record Moved(int messages, long nextMillis, int lost) {}

  DueEntries(Loop loop, Link link, RetryKeys keys) {
    this.loop = loop;
    this.link = link;
    this.keys = keys;
  }

  /** Moves what is due by now, and goes on until {@link #stop}. */
  void start() {
    move();
  }

  /** A message was put off for this long; it need not be the first that is due. */
  void putOff(Duration wait) {
    Duration pause = wait.compareTo(LEAST_PAUSE) < 0 ? LEAST_PAUSE : wait;
    long at = loop.nanos() + pause.toNanos();
    if (at - wakeAt < 0) {
      wakeAt = at;
      if (!moving) {
        sleep();
      }
    }
  }

  /** Moves nothing any more. */
  void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel();
    }
  }

  /** What keeps messages from being moved, or null. */
  @Nullable String refusal() {
    return refusal;
  }

  private void sleep() {
    if (timer != null) {
      timer.cancel();
    }
    timer = loop.after(Duration.ofNanos(Math.max(1, wakeAt - loop.nanos())), this::move);
  }

  private void sleep(Duration most) {
    long at = loop.nanos() + most.toNanos();
    wakeAt = at - wakeAt < 0 ? at : wakeAt;
    sleep();
  }

  private void move() {
    moving = true;
    wakeAt = loop.nanos() + LONGEST_PAUSE.toNanos();
    RedisScript.Call call =
        MOVE.call()
            .key(keys.waiting())
            .key(keys.messages())
            .key(keys.stream())
            .arg(MOST_MESSAGES)
            .arg(MOST_BYTES);
    link.run(call, DueEntries::moved).onSuccess(this::answered);
  }

  private void answered(Reply<Moved> reply) {
    moving = false;
    if (stopped) {
      return;
    }
    if (reply instanceof Reply.Ok<Moved> ok) {
      moved(ok.value());
    } else {
      if (reply instanceof Reply.Failed<Moved> failed) {
        refused(String.valueOf(failed.cause().getMessage()));
      }
      wakeAt = loop.nanos() + PAUSE_AFTER_FAILURE.toNanos();
      sleep();
    }
  }

  private void moved(Moved moved) {
    if (refusal != null) {
      refusal = null;
      LOG.info("what is due is moved to {} again", keys.stream());
    }
    if (moved.lost() > 0) {
      LOG.error("{} messages that waited in {} are gone", moved.lost(), keys.messages());
    }
    if (moved.messages() + moved.lost() > 0 && moved.nextMillis() == 0) {
      move(); // more is due than one call moves
    } else if (moved.nextMillis() < 0) {
      sleep();
    } else {
      sleep(Duration.ofMillis(Math.max(moved.nextMillis(), LEAST_PAUSE.toMillis())));
    }
  }

  private void refused(String why) {
    if (!why.equals(refusal)) {
      refusal = why;
      LOG.warn("what is due is not moved to {}: {}", keys.stream(), why);
    }
  }

  private static Moved moved(@Nullable Response answer) {
    if (answer == null) {
      throw new IllegalStateException("a move without an answer");
    }
    return new Moved(answer.get(0).toInteger(), answer.get(1).toLong(), answer.get(2).toInteger());
  }
}
