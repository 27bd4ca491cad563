package dev.tailrace.processing;

import dev.tailrace.runtime.Loop;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells an outage from poison, by how many different messages fail: a message counts once, a key
 * whose messages are ordered once too, so that one that always fails weighs no more than one that
 * fails once. It looks at the last {@code most} outcomes. Who failed while others did not is known
 * for it, and says nothing of an outage until it succeeds.
 *
 * <p>While it is open nothing starts but probes, failures are the outage's and no attempts, and
 * nothing is exhausted. The dispatcher holds the starts back, sends the probes and closes it. Two
 * losses are prevented before it can be sure: a message whose last attempt fails when nothing has
 * succeeded since its first one opens it, if others fail too; and a message for which there is no
 * room waits, if the last ones all failed. Belongs to the consumer's loop.
 */
public final class Breaker {
  /** So many different messages in a row that fail may be an outage. */
  static final int SIGN = 5;

  /** So many that always fail are known at most. */
  static final int MOST_KNOWN = 1_000;

  private final Loop loop;
  private final BreakerPolicy policy;
  private final @Nullable Object[] voters; // event loop only; a ring, null for a success
  private final long[] votedAt; // event loop only
  private final Map<Object, Integer> failing = new HashMap<>(); // event loop only; into the ring
  private final Set<Object> known = new LinkedHashSet<>(); // event loop only; the oldest first
  private int next; // event loop only
  private int votes; // event loop only
  private int inRow; // event loop only; different messages that failed since the last success
  private long lastSuccess; // event loop only
  private int round = 1; // event loop only; grows as it closes
  private boolean open; // event loop only
  private String words = ""; // event loop only
  private Runnable opened = () -> {}; // event loop only

  /** Makes a closed one. */
  public Breaker(Loop loop, BreakerPolicy policy) {
    this.loop = loop;
    this.policy = policy;
    this.voters = new Object[policy.isOff() ? 0 : policy.most()];
    this.votedAt = new long[voters.length];
    this.lastSuccess = loop.nanos() - 1; // before any message
  }

  /** Told when it opens; replaces the listener before. */
  public void onOpen(Runnable listener) {
    opened = listener;
  }

  /** Whether an outage is assumed. */
  public boolean isOpen() {
    return open;
  }

  /** Why it opened last. */
  public String inWords() {
    return words;
  }

  /** The outage is over: all counts anew. */
  public void close() {
    open = false;
    for (int i = 0; i < voters.length; i++) {
      voters[i] = null;
    }
    failing.clear();
    votes = 0;
    inRow = 0;
    round++;
  }

  /** A message was worked on by {@code now}, whatever its handler said of it. */
  void succeeded(WorkItem item, long now) {
    if (policy.isOff() || open) {
      return;
    }
    inRow = 0;
    lastSuccess = now;
    if (!known.isEmpty()) {
      known.remove(item.voter());
    }
    Integer before = failing.isEmpty() ? null : failing.remove(item.voter());
    if (before == null) {
      vote(null, now);
    } else {
      voters[before] = null;
    }
  }

  /**
   * A message failed, and another attempt may mend it.
   *
   * @param last whether it would have no attempt left
   * @return whether that is the outage's failure, and no attempt
   */
  boolean failed(WorkItem item, boolean last) {
    if (policy.isOff()) {
      return false;
    }
    if (!open) {
      long now = loop.nanos();
      boolean first = item.votes(round, now, loop.wall());
      forgetOld(now);
      Object voter = item.voter();
      if (first && !failing.containsKey(voter) && !known.contains(voter)) {
        vote(voter, now);
        inRow++;
      }
      int failed = failing.size();
      if (votes >= policy.least() && 100L * failed >= (long) policy.percent() * votes) {
        open(failed + " of the last " + votes + " messages failed");
      } else if (last && item.attempt() > 1 && inRow >= SIGN && lastSuccess - item.votedAt() < 0) {
        open(inRow + " messages in a row failed, one of them for the last time");
      }
    }
    return open;
  }

  /** Whether the last messages all failed, so that nothing should be given up for want of room. */
  boolean mayOpen() {
    return !policy.isOff() && inRow >= SIGN;
  }

  private void open(String why) {
    open = true;
    words = why;
    opened.run();
  }

  private void vote(@Nullable Object voter, long now) {
    if (votes == voters.length) {
      forgetOldest();
    }
    voters[next] = voter;
    votedAt[next] = now;
    if (voter != null) {
      failing.put(voter, next);
    }
    next = (next + 1) % voters.length;
    votes++;
  }

  private void forgetOld(long now) {
    long from = now - policy.span().toNanos();
    while (votes > 0 && votedAt[oldest()] - from < 0) {
      forgetOldest();
    }
  }

  private void forgetOldest() {
    Object voter = voters[oldest()];
    if (voter != null) {
      failing.remove(voter);
      remember(voter);
    }
    votes--;
  }

  private void remember(Object voter) {
    if (known.size() == MOST_KNOWN) {
      known.remove(known.iterator().next());
    }
    known.add(voter);
  }

  private int oldest() {
    return Math.floorMod(next - votes, voters.length);
  }
}
