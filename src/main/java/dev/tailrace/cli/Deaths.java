package dev.tailrace.cli;

import dev.tailrace.runtime.FailPoint;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a test have this process die at a named place: {@code -Dtailrace.failpoint=LABEL[:N]} kills
 * it, as SIGKILL does, when it comes there for the N-th time. Without the property nothing is
 * armed.
 */
final class Deaths {
  static final String PROPERTY = "tailrace.failpoint";

  private static final int KILLED = 128 + 9;
  private static final Logger LOG = LoggerFactory.getLogger(Deaths.class);

  private Deaths() {}

  /**
   * Arms what the property says.
   *
   * @param wish the property's value, or null
   * @param death prepares what ends the process
   * @throws CommandException where there is no such point
   */
  static void arm(@Nullable String wish, Supplier<Runnable> death) {
    if (wish == null) {
      return;
    }
    String[] parts = wish.split(":", 2);
    FailPoint point = FailPoint.labelled(parts[0]).orElseThrow(() -> misused(wish));
    String count = parts.length == 1 ? "1" : parts[1];
    if (!count.matches("[1-9][0-9]{0,8}")) {
      throw misused(wish);
    }
    AtomicInteger left = new AtomicInteger(Integer.parseInt(count));
    Runnable end = death.get();
    LOG.warn("{}={}: this process will kill itself there", PROPERTY, wish);
    FailPoint.install(
        reached -> {
          if (reached == point && left.decrementAndGet() == 0) {
            end.run();
          }
        });
  }

  /**
   * Prepares a SIGKILL to this process: a shell that waits for one line. The JVM cannot send it to
   * itself, and to start a shell only then would take milliseconds in which all goes on.
   *
   * @return kills, and does not return
   */
  static Runnable sigkill() {
    OutputStream order;
    try {
      String script = "read -r now && kill -9 " + ProcessHandle.current().pid();
      order = new ProcessBuilder("sh", "-c", script).start().getOutputStream();
    } catch (IOException failure) {
      throw new UncheckedIOException("no shell to kill this process", failure);
    }
    return () -> {
      try {
        order.write('\n');
        order.flush();
      } catch (IOException failure) {
        Runtime.getRuntime().halt(KILLED); // as good as that
      }
      while (true) {
        LockSupport.park(); // nothing more happens here
      }
    };
  }

  private static CommandException misused(String wish) {
    String labels =
        Arrays.stream(FailPoint.values()).map(FailPoint::label).collect(Collectors.joining(", "));
    return new CommandException(
        ExitCode.USAGE,
        "-D%s=%s is not LABEL or LABEL:N; labels: %s".formatted(PROPERTY, wish, labels));
  }
}
