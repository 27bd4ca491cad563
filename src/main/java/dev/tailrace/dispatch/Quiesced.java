package dev.tailrace.dispatch;

import java.util.List;

/**
 * Work has come to rest.
 *
 * @param leftBehind what was abandoned since the dispatcher began, the first 100
 */
public record Quiesced(List<LeftBehind> leftBehind) {
  /** Copies the list. */
  public Quiesced {
    leftBehind = List.copyOf(leftBehind);
  }
}
