package dev.tailrace.config;

import java.util.ArrayList;
import java.util.List;

/** Breaks text into lines. */
final class Lines {

  private Lines() {}

  /** The words of the text in lines of at most {@code width} characters, longer words alone. */
  static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    var line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (line.length() > 0 && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
