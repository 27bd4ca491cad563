package dev.tailrace.local;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Keeps one server process: starts, freezes and kills it by order. It is a small shell script in a
 * process of its own that takes orders from a pipe, and at the end of that pipe, whether this JVM
 * closed it or died, kills the server and deletes its data. A server could not do that for itself:
 * a frozen one hears nothing. Both sit in a session of their own, out of the terminal's reach.
 */
final class Warden implements AutoCloseable {
  private static final String SCRIPT =
      """
      trap '' INT QUIT TERM HUP
      data=$1; shift
      pid=
      while read -r order; do
        case $order in
          start) "$@" </dev/null >>"$data/server.log" 2>&1 & pid=$!; echo "$pid" ;;
          # jobs reaps the dead, which kill -0 would take for alive
          alive) jobs >/dev/null; if [ -n "$pid" ] && kill -0 "$pid"; then echo yes; else echo no; fi ;;
          pause) kill -STOP "$pid"; echo paused ;;
          resume) kill -CONT "$pid"; echo resumed ;;
          kill) if [ -n "$pid" ]; then kill -9 "$pid"; wait "$pid"; pid=; fi; echo killed ;;
        esac
      done
      if [ -n "$pid" ]; then kill -9 "$pid"; wait "$pid"; fi
      rm -rf "$data"
      """;

  private static final int LOG_LINES = 20;

  private final Path data;
  private final Process shell;
  private final BufferedWriter orders;
  private final BufferedReader answers;

  /**
   * Posts a warden; the server is not started yet.
   *
   * @param data a folder that is the server's alone; deleted at the end
   * @param command the server, to run in the foreground
   */
  Warden(Path data, List<String> command) {
    this.data = data;
    List<String> line = new ArrayList<>(ownSession());
    line.addAll(List.of("sh", "-c", SCRIPT, "tailrace-warden", data.toString()));
    line.addAll(command);
    try {
      this.shell = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.orders = shell.outputWriter(StandardCharsets.UTF_8);
    this.answers = shell.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts the server; answers its process id. */
  long start() {
    return Long.parseLong(order("start"));
  }

  boolean alive() {
    return order("alive").equals("yes");
  }

  void pause() {
    order("pause");
  }

  void resume() {
    order("resume");
  }

  void kill() {
    order("kill");
  }

  /** The last lines of what the server wrote, for error messages. */
  String log() {
    try (Stream<String> lines = Files.lines(data.resolve("server.log"))) {
      List<String> all = lines.toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - LOG_LINES), all.size()));
    } catch (IOException | UncheckedIOException e) {
      return "no log: " + e;
    }
  }

  @Override
  public void close() {
    try {
      orders.close();
      if (!shell.waitFor(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("server in " + data + " does not end");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a server in " + data + " ends", e);
    }
  }

  private synchronized String order(String order) {
    try {
      orders.write(order);
      orders.newLine();
      orders.flush();
      String answer = answers.readLine();
      if (answer == null) {
        throw new IllegalStateException("warden of " + data + " is gone");
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> ownSession() {
    if (onPath("setsid").isPresent()) {
      return List.of("setsid");
    }
    return List.of("perl", "-e", "use POSIX; POSIX::setsid(); exec @ARGV or die"); // macOS
  }

  /** Where an executable is, after the PATH. */
  static Optional<Path> onPath(String name) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
