package dev.tailrace.simulation;

import java.util.ArrayDeque;
import java.util.List;

/** The last that happened to a world, one line each, for people. Not thread-safe. */
final class Story {
  private static final int MOST = 400;

  private final ArrayDeque<String> lines = new ArrayDeque<>();

  void add(String line) {
    lines.add(line);
    if (lines.size() > MOST) {
      lines.remove();
    }
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}
