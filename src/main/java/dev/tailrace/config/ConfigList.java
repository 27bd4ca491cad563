package dev.tailrace.config;

import java.util.List;

/**
 * A list of the tree.
 *
 * @param place where the list begins
 * @param items its items in order; unmodifiable
 * @param implied true where nobody wrote it
 */
public record ConfigList(Place place, List<ConfigNode> items, boolean implied)
    implements ConfigNode {

  /** Copies the items, so that the list stays as it is. */
  public ConfigList {
    items = List.copyOf(items);
  }
}
