package dev.tailrace.message;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Something that handlers use and do not own, as a database pool, an HTTP client or a file;
 * declared by {@link HandlerEnvironment#resource}. In one pool all that declare the same name and
 * type share one: the first has it opened, and it closes when the last of its users has stopped. So
 * what makes two of them different, as a URL, belongs into the name. Immutable.
 *
 * @param name for errors, {@code /status} and the report; 1 to 200 characters
 * @param type of what is shared
 * @param budget the most that closing may take, more than zero; less where the drain has less. What
 *     hangs is left after that and named in the report
 * @param dependsOn the names of resources, declared earlier for the same handler, that are there
 *     before this one is opened, and close after it
 * @param opening called on an event loop that lives longer than every user; must not block. Where
 *     it fails, the start of every pipeline that uses it fails
 * @param closing called there with what was opened
 * @param <T> what is shared
 */
public record SharedResource<T>(
    String name,
    Class<T> type,
    Duration budget,
    Set<String> dependsOn,
    Supplier<? extends Future<T>> opening,
    Function<? super T, ? extends Future<?>> closing) {
  private static final int LONGEST_NAME = 200;

  /** Refuses a name that is blank or too long, and a budget that is not positive. */
  public SharedResource {
    if (name.isBlank() || name.length() > LONGEST_NAME) {
      throw new IllegalArgumentException(
          "the name of a resource has 1 to " + LONGEST_NAME + " characters, not '" + name + "'");
    }
    if (budget.isNegative() || budget.isZero()) {
      throw new IllegalArgumentException("the budget of " + name + " must be more than zero");
    }
    dependsOn = Set.copyOf(dependsOn);
  }

  /** One that depends on nothing, and may take 5 s to close. */
  public static <T> SharedResource<T> of(
      String name,
      Class<T> type,
      Supplier<? extends Future<T>> opening,
      Function<? super T, ? extends Future<?>> closing) {
    return new SharedResource<>(name, type, Duration.ofSeconds(5), Set.of(), opening, closing);
  }

  /** With another budget. */
  public SharedResource<T> within(Duration mostToClose) {
    return new SharedResource<>(name, type, mostToClose, dependsOn, opening, closing);
  }

  /** Opened after those, and closed before them. */
  public SharedResource<T> after(String... names) {
    return new SharedResource<>(name, type, budget, Set.of(names), opening, closing);
  }
}
