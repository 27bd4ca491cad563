package dev.tailrace.cli;

import java.io.Console;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Help.Ansi;

/** What standard error is: a terminal to be repainted, or a file that keeps every line. */
final class Terminal {
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  private Terminal() {}

  /** Whether somebody watches standard error. */
  static boolean present() {
    return Holder.PRESENT;
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
  }
}
