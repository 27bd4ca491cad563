package dev.tailrace.cli;

import dev.tailrace.runtime.FailPoint;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
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

  private static final Logger LOG = LoggerFactory.getLogger(Deaths.class);

  private Deaths() {}

  /**
   * Arms what the property says.
   *
   * @param wish the property's value, or null
   * @param death ends the process
   * @throws CommandException where there is no such point
   */
  static void arm(@Nullable String wish, Runnable death) {
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
    LOG.warn("{}={}: this process will kill itself there", PROPERTY, wish);
    FailPoint.install(
        reached -> {
          if (reached == point && left.decrementAndGet() == 0) {
            death.run();
          }
        });
  }

  /** Ends this process at once and unclean: nothing that it still holds is written. */
  static void die() {
    OsSignals.raise("KILL");
  }

  private static CommandException misused(String wish) {
    String labels =
        Arrays.stream(FailPoint.values()).map(FailPoint::label).collect(Collectors.joining(", "));
    return new CommandException(
        ExitCode.USAGE,
        "-D%s=%s is not LABEL or LABEL:N; labels: %s".formatted(PROPERTY, wish, labels));
  }
}
