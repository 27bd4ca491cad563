package dev.tailrace.verify;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the one who asks knows of the run. A run that does not come up to it is refused, since its
 * verdicts would prove less than they seem to.
 *
 * @param effects whether effects must be given
 * @param kills how many processes must have been killed, at least
 * @param complete whether every message must have finished, so that one that waits is lost
 * @param orders by pipeline, the order that its messages must keep; {@code *} stands for the
 *     others. For a pipeline without an entry the order of keys is looked at, but breaks no promise
 */
public record Expectations(
    boolean effects, int kills, boolean complete, Map<String, Order> orders) {
  /** Nothing is known. */
  public static final Expectations NONE = new Expectations(false, 0, false, Map.of());

  /** Copies the map. */
  public Expectations {
    orders = Map.copyOf(orders);
  }

  /** The orders of a pipeline. */
  public enum Order {
    /** The messages of one key run one after the other. */
    KEY,
    /** The messages of one partition run one after the other. */
    PARTITION,
    /** No order. */
    UNORDERED
  }

  /**
   * Reads {@code effects,kills=3,complete,order=key,order.payments=unordered}.
   *
   * @throws IllegalArgumentException where a part is not one of these
   */
  public static Expectations parse(String text) {
    boolean effects = false;
    boolean complete = false;
    int kills = 0;
    Map<String, Order> orders = new TreeMap<>();
    for (String part : text.isBlank() ? new String[0] : text.split(",", -1)) {
      String name = part.strip();
      int equals = name.indexOf('=');
      String value = equals < 0 ? "" : name.substring(equals + 1);
      if (name.equals("effects")) {
        effects = true;
      } else if (name.equals("complete")) {
        complete = true;
      } else if (name.startsWith("kills=") && value.matches("[0-9]{1,9}")) {
        kills = Integer.parseInt(value);
      } else if (name.startsWith("order=") && isOrder(value)) {
        orders.put("*", order(value));
      } else if (name.startsWith("order.") && equals > "order.".length() && isOrder(value)) {
        orders.put(name.substring("order.".length(), equals), order(value));
      } else {
        throw new IllegalArgumentException(
            "'%s' is no expectation; allowed: effects, complete, kills=N, order=O or"
                    .formatted(name)
                + " order.PIPELINE=O with O one of key, partition, unordered");
      }
    }
    return new Expectations(effects, kills, complete, orders);
  }

  /** The order expected of a pipeline; null where nothing is known. */
  @Nullable Order orderOf(String pipeline) {
    Order own = orders.get(pipeline);
    return own != null ? own : orders.get("*");
  }

  private static boolean isOrder(String value) {
    return value.matches("key|partition|unordered");
  }

  private static Order order(String value) {
    return Order.valueOf(value.toUpperCase(Locale.ROOT));
  }
}
