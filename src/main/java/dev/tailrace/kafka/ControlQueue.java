package dev.tailrace.kafka;

import dev.tailrace.runtime.Reply;
import dev.tailrace.source.Partition;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * What the poll thread is asked to do between and within its polls. Safe from any thread on the
 * asking side; the poll thread alone takes out.
 *
 * <p>Asking wakes a poll that is under way, and nothing else: the client is woken only while it is
 * marked as polling, at most once per poll. A wakeup that comes too late for its poll stays in the
 * client and is met by the next command, which {@link Command} runs a second time.
 */
final class ControlQueue {
  /** The most commands that wait: the committer has one under way, the rest is rare. */
  static final int LIMIT = 256;

  private final Executor loop;
  private final Runnable wakeup;

  private final Object gate = new Object();
  private ArrayDeque<Command<?>> commands = new ArrayDeque<>(); // guarded by gate
  private Map<Partition, Boolean> flow = new LinkedHashMap<>(); // guarded by gate; true: held
  private boolean polling; // guarded by gate; the client may be woken
  private boolean closed; // guarded by gate

  /**
   * Makes a queue.
   *
   * @param loop where the futures of commands complete
   * @param wakeup wakes the client's poll; must not block
   */
  ControlQueue(Executor loop, Runnable wakeup) {
    this.loop = loop;
    this.wakeup = wakeup;
  }

  /**
   * Asks for a command.
   *
   * @param limit how long it may take from now on; what has not begun by then is failed
   * @return its reply, on the loop; never fails
   */
  <T> Future<Reply<T>> submit(Duration limit, Control<T> control) {
    Command<T> command =
        new Command<>(control, System.nanoTime() + limit.toNanos(), loop, this::isClosed);
    synchronized (gate) {
      if (closed || commands.size() >= LIMIT) {
        return Future.succeededFuture(
            Reply.failed(
                new IllegalStateException(
                    closed ? "the consumer is closed" : LIMIT + " commands wait already")));
      }
      commands.add(command);
      wake();
    }
    return command.reply();
  }

  /** Holds partitions back, or lets them flow; the last wish counts for each. */
  void flow(Map<Partition, Boolean> held) {
    synchronized (gate) {
      flow.putAll(held);
      if (held.containsValue(false)) { // holding back is early enough before the next poll
        wake();
      }
    }
  }

  /** Lets a waiting poll thread look around again. */
  void nudge() {
    synchronized (gate) {
      wake();
    }
  }

  private void wake() {
    gate.notifyAll();
    if (polling) {
      polling = false;
      wakeup.run();
    }
  }

  /** Refuses all further commands; what waits is failed, since it was never begun. */
  void close() {
    List<Command<?>> refused;
    synchronized (gate) {
      closed = true;
      refused = List.copyOf(commands);
      commands.clear();
      flow.clear();
      wake();
    }
    refused.forEach(command -> command.refuse(new IllegalStateException("the consumer is closed")));
  }

  boolean isClosed() {
    synchronized (gate) {
      return closed;
    }
  }

  /** What was asked for since the last call, in order. Poll thread. */
  List<Command<?>> take() {
    synchronized (gate) {
      if (commands.isEmpty()) {
        return List.of();
      }
      List<Command<?>> taken = new ArrayList<>(commands);
      commands = new ArrayDeque<>();
      return taken;
    }
  }

  /** The wishes since the last call. Poll thread. */
  Map<Partition, Boolean> takeFlow() {
    synchronized (gate) {
      if (flow.isEmpty()) {
        return Map.of();
      }
      Map<Partition, Boolean> taken = flow;
      flow = new LinkedHashMap<>();
      return taken;
    }
  }

  /** Marks the client as polling, unless something waits. Poll thread. */
  boolean beginPoll() {
    synchronized (gate) {
      polling = !closed && commands.isEmpty() && flow.isEmpty();
      return polling;
    }
  }

  /**
   * The client may no longer be woken. Poll thread; at the end of a poll or within its callback.
   */
  void endPoll() {
    synchronized (gate) {
      polling = false;
    }
  }

  /** The callback within a poll has ended: the poll goes on, or is woken where something waits. */
  void resumePoll() {
    synchronized (gate) {
      polling = true;
      if (closed || !commands.isEmpty() || !flow.isEmpty()) {
        wake();
      }
    }
  }

  /** Waits until a command is there, {@code done}, closed, or the time has come. Poll thread. */
  void await(long deadlineNanos, BooleanSupplier done) {
    boolean interrupted = false;
    synchronized (gate) {
      while (!closed && commands.isEmpty() && !done.getAsBoolean()) {
        long left = deadlineNanos - System.nanoTime();
        if (left <= 0) {
          break;
        }
        try {
          gate.wait(Math.max(1, left / 1_000_000));
        } catch (InterruptedException e) {
          interrupted = true;
          break;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
