package dev.tailrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Console;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Help.Ansi;

/** What standard error is: a terminal to be repainted, or a file that keeps every line. */
final class Terminal {
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");
  private static final int USUAL_WIDTH = 80;

  private Terminal() {}

  /** Whether somebody watches standard error. */
  static boolean present() {
    return Holder.PRESENT;
  }

  /** Whether somebody can be asked: standard input and output are a terminal. */
  static boolean asks() {
    return consoleIsTerminal();
  }

  /** Asks a question that is answered with y or n; anything else is a no. */
  @SuppressWarnings("SystemConsoleNull") // asked only where asks() holds
  static boolean agrees(String question) {
    Console console = System.console();
    String answer = console == null ? null : console.readLine("%s [y/N] ", question);
    return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
  }

  /** Whether colours are wanted there: on a terminal, unless {@code NO_COLOR} is set. */
  static boolean colours() {
    String refused = System.getenv("NO_COLOR");
    return present()
        && (refused == null || refused.isEmpty())
        && !"dumb".equals(System.getenv("TERM"));
  }

  /** The same for picocli. */
  static Ansi ansi() {
    return colours() ? Ansi.AUTO : Ansi.OFF;
  }

  /** How many columns it has, as {@code stty} says; 80 where that is unknown. */
  static int width() {
    if (!present()) {
      return USUAL_WIDTH;
    }
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(Path.of("/dev/tty").toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String size = new String(stty.getInputStream().readAllBytes(), UTF_8).trim();
      String columns = size.substring(size.indexOf(' ') + 1);
      return columns.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(columns) : USUAL_WIDTH;
    } catch (IOException noStty) {
      return USUAL_WIDTH;
    }
  }

  /** The text, spelt in ASCII where the terminal's locale knows no more. */
  static String printable(String text) {
    return Holder.UNICODE
        ? text
        : text.replace("→", "->").replace("·", "|").replace("…", "...").replace("✓", "ok");
  }

  /** Lines that fit the terminal, as it is now; unchanged where there is none. */
  static List<String> fold(List<String> lines) {
    List<String> spelt = lines.stream().map(Terminal::printable).toList();
    return present() ? fold(spelt, width()) : spelt;
  }

  /** Breaks lines between words; what follows is indented by two more. */
  static List<String> fold(List<String> lines, int width) {
    List<String> folded = new ArrayList<>();
    for (String line : lines) {
      String rest = line;
      String margin = " ".repeat(line.length() - line.stripLeading().length() + 2);
      while (rest.length() >= width) {
        int space = rest.lastIndexOf(' ', width - 1);
        if (space <= margin.length()) {
          break; // one long word, as a path is
        }
        folded.add(rest.substring(0, space));
        rest = margin + rest.substring(space + 1);
      }
      folded.add(rest);
    }
    return folded;
  }

  /** Only a terminal has a locale to mind; files are UTF-8. */
  private static boolean unicode() {
    return Stream.of("LC_ALL", "LC_CTYPE", "LANG")
        .map(System::getenv)
        .filter(set -> set != null && !set.isEmpty())
        .findFirst()
        .map(locale -> locale.toUpperCase(Locale.ROOT).replace("-", "").contains("UTF8"))
        .orElse(false);
  }

  private static boolean detect() {
    try {
      if (Files.exists(STANDARD_ERROR)) {
        String target = Files.readSymbolicLink(STANDARD_ERROR).toString();
        return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
      }
    } catch (IOException | UnsupportedOperationException unreadable) {
      return false;
    }
    return consoleIsTerminal();
  }

  /** From Java 22 on a console exists always, and says itself whether it is a terminal. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean consoleIsTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      Method isTerminal = Console.class.getMethod("isTerminal");
      return Boolean.TRUE.equals(isTerminal.invoke(console));
    } catch (ReflectiveOperationException older) {
      return true;
    }
  }

  /** Asks once. */
  private static final class Holder {
    private static final boolean PRESENT = detect();
    private static final boolean UNICODE = !PRESENT || unicode();
  }
}
