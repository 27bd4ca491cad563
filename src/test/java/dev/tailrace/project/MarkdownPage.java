package dev.tailrace.project;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A page of the documentation: its tables, its headings and its links. */
final class MarkdownPage {
  private static final Pattern LINK = Pattern.compile("\\[[^]]*]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private final Path path;
  private final List<Section> sections;

  private MarkdownPage(Path path, List<Section> sections) {
    this.path = path;
    this.sections = sections;
  }

  /**
   * What stands below a heading, up to the next one of any level.
   *
   * @param heading without its marks; "" for what stands above all headings
   * @param lines outside of code blocks
   */
  record Section(String heading, List<String> lines) {

    /** The rows of its tables, without their heads. */
    List<Row> rows() {
      List<Row> rows = new ArrayList<>();
      for (int i = 2; i < lines.size(); i++) {
        boolean below = lines.get(i).startsWith("|") && lines.get(i - 1).startsWith("|");
        if (below && !isRule(i) && !isHead(i)) {
          rows.add(new Row(cells(lines.get(i))));
        }
      }
      return rows;
    }

    private boolean isRule(int line) {
      return line < lines.size() && lines.get(line).startsWith("|---");
    }

    private boolean isHead(int line) {
      return isRule(line + 1);
    }
  }

  /** The cells of a row. */
  record Row(List<String> cells) {

    /** The one word in code that the first cell is. */
    String name() {
      List<String> words = words(0);
      if (words.size() != 1) {
        throw new IllegalStateException("not one name: " + cells.get(0));
      }
      return words.get(0);
    }

    /** The words in code in a cell. */
    List<String> words(int cell) {
      return CODE.matcher(cells.get(cell)).results().map(found -> found.group(1)).toList();
    }
  }

  static MarkdownPage read(Path path) {
    try {
      return of(path, Files.readString(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A page that exists as text only; its path says what its links are relative to. */
  static MarkdownPage of(Path path, String text) {
    List<Section> sections = new ArrayList<>(List.of(new Section("", new ArrayList<>())));
    boolean inCode = false;
    for (String line : text.split("\n", -1)) {
      if (line.strip().startsWith("```")) {
        inCode = !inCode;
      } else if (!inCode && line.matches("#{1,6} .*")) {
        sections.add(new Section(line.replaceFirst("#+ ", ""), new ArrayList<>()));
      } else if (!inCode) {
        sections.get(sections.size() - 1).lines().add(line);
      }
    }
    return new MarkdownPage(path, sections);
  }

  List<Section> sections() {
    return sections;
  }

  /** The rows below the heading. */
  List<Row> rows(String heading) {
    return sections.stream()
        .filter(section -> section.heading().equals(heading))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException(path + " has no heading " + heading))
        .rows();
  }

  /** The links that lead nowhere: to a file that is not there, or a heading that it has not. */
  List<String> brokenLinks() {
    List<String> broken = new ArrayList<>();
    for (Section section : sections) {
      for (String line : section.lines()) {
        LINK.matcher(line)
            .results()
            .map(MatchResult::group)
            .filter(link -> !resolves(link.substring(link.indexOf("](") + 2, link.length() - 1)))
            .map(link -> path + ": " + link)
            .forEach(broken::add);
      }
    }
    return broken;
  }

  private boolean resolves(String target) {
    if (target.matches("(https?|mailto):.*")) {
      return true;
    }
    String[] parts = target.split("#", 2);
    if (parts[0].isEmpty()) {
      return anchors().contains(parts[1]);
    }
    Path file = path.resolveSibling(parts[0]).normalize();
    return Files.exists(file) && (parts.length == 1 || read(file).anchors().contains(parts[1]));
  }

  /** Headings as a browser's address names them. */
  private Set<String> anchors() {
    Set<String> anchors = new LinkedHashSet<>();
    for (Section section : sections) {
      String words =
          section.heading().toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "");
      anchors.add(words.replace(' ', '-'));
    }
    return anchors;
  }

  private static List<String> cells(String row) {
    String inner = row.substring(1, row.stripTrailing().length() - 1);
    return List.of(inner.split("(?<!\\\\)\\|", -1)).stream().map(String::strip).toList();
  }
}
