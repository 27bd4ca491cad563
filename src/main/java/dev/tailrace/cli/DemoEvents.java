package dev.tailrace.cli;

import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.Subject;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Tells noteworthy events in words, each with its consequence. What happens all the time is told
 * the first time only. Thread-safe.
 */
final class DemoEvents implements PoolEvents {
  private static final int MOST_DEAD = 20;

  /** Where in its destination a dead letter is: {@code /0@12}. */
  private static final Pattern POSITION = Pattern.compile("(/\\d+)?@[\\d-]+$");

  /** What the reason of a message that waits begins with where its handler failed. */
  private static final String RETRY = "retry: ";

  private final Consumer<String> teller;
  private final DemoFiles files;
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  DemoEvents(DemoFiles files, Consumer<String> teller) {
    this.files = files;
    this.teller = teller;
  }

  @Override
  public void parked(Subject subject, Duration delay, String reason) {
    if (!reason.startsWith(RETRY)) {
      return; // it waits for another worker, and has not failed
    }
    boolean keyed = subject.pipeline().equals("orders");
    once(
        "parked " + subject.pipeline(),
        "%s failed: %s → again in %s; %s"
            .formatted(
                subject.message().origin(),
                reason.substring(RETRY.length()),
                Phrases.duration(delay),
                keyed ? "its key waits" : "others run on"));
  }

  @Override
  public void settled(Subject subject, Finish finish, String detail) {
    if (finish == Finish.SKIPPED) {
      once(
          "skipped " + subject.pipeline(),
          subject.message().origin() + " was sent twice → skipped, its key is done already");
    }
  }

  @Override
  public void deadLettered(Subject subject, String reason, String destination) {
    if (told.size() < MOST_DEAD) {
      once(
          "dead " + subject.message().origin(),
          "%s dead after %s: %s → %s"
              .formatted(
                  subject.message().origin(),
                  Phrases.count(subject.attempt(), "attempt"),
                  reason,
                  POSITION.matcher(destination).replaceFirst("")));
    }
  }

  @Override
  public void alarm(String pipeline, String source, Alarm kind, String detail) {
    once(
        "alarm " + kind + source,
        "alarm: %s %s: %s".formatted(source.isEmpty() ? pipeline : source, kind.label(), detail));
  }

  @Override
  public void abandoned(Subject subject, String stage) {
    once(
        "abandoned " + subject.message().origin(),
        subject.message().origin()
            + " was still "
            + stage
            + " → left unacknowledged, it will be redelivered");
  }

  private void once(String what, String sentence) {
    if (told.add(what)) {
      teller.accept(files.shorten(sentence));
    }
  }
}
