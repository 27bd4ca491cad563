package dev.tailrace.cli;

import static org.awaitility.Awaitility.await;

import dev.tailrace.fleet.FatJar;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The real {@code java -jar target/tailrace.jar}, its output in files.
 *
 * @param process the process
 * @param outFile its results
 * @param errFile its logs and progress
 */
public record JarProcess(Process process, Path outFile, Path errFile) implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Starts a command in {@code folder}. */
  public static JarProcess start(Path folder, String... arguments) throws IOException {
    return start(folder, Map.of(), arguments);
  }

  /** Starts a command with more variables in its environment. */
  public static JarProcess start(Path folder, Map<String, String> variables, String... arguments)
      throws IOException {
    return start(folder, variables, command(arguments));
  }

  /**
   * Starts a command on a terminal of its own, by the tool {@code script}: what it prints is all
   * its output, and what is written to its process is typed.
   */
  public static JarProcess onTerminal(Path folder, String... arguments) throws IOException {
    String line = String.join(" ", command(arguments));
    return start(folder, Map.of(), List.of("script", "-q", "-e", "-f", "-c", line, "/dev/null"));
  }

  /** Whether there is a tool for {@link #onTerminal}. */
  public static boolean hasTerminals() {
    return Files.isExecutable(Path.of("/usr/bin/script"));
  }

  private static List<String> command(String... arguments) {
    Path jar = Path.of(System.getProperty("tailrace.jar", "target/tailrace.jar"));
    List<String> command = new ArrayList<>(FatJar.command(jar.toAbsolutePath()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static JarProcess start(Path folder, Map<String, String> variables, List<String> command)
      throws IOException {
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("XDG_RUNTIME_DIR", folder.toString());
    builder.environment().putAll(variables);
    return new JarProcess(builder.start(), out, err);
  }

  /** Runs a command to its end. */
  public static JarProcess run(Path folder, String... arguments) throws Exception {
    JarProcess ended = start(folder, arguments);
    ended.exitCode();
    return ended;
  }

  /** Awaits the end. */
  public int exitCode() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("still running: " + err());
    }
    return process.exitValue();
  }

  /** Waits until it has said this on standard error. */
  public void awaitErr(String text) {
    await().atMost(PATIENCE).until(() -> err().contains(text) || !process.isAlive());
  }

  /** Waits until it has said this among its results, and answers. */
  public void answer(String question, String answer) throws IOException {
    await().atMost(PATIENCE).until(() -> out().contains(question) || !process.isAlive());
    OutputStream keyboard = process.getOutputStream();
    keyboard.write((answer + "\n").getBytes(StandardCharsets.UTF_8));
    keyboard.flush();
  }

  /**
   * The {@code /status} of a pool, as monitoring asks for it, which starts no process.
   *
   * @param url of its admin server
   */
  public static JsonObject statusAt(String url) throws IOException {
    try (InputStream answer = URI.create(url + "/status").toURL().openStream()) {
      return new JsonObject(Buffer.buffer(answer.readAllBytes()));
    }
  }

  /** Sends a signal by its name. */
  public void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /** Its results so far. */
  public String out() {
    return read(outFile);
  }

  /** Its logs and progress so far. */
  public String err() {
    return read(errFile);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
