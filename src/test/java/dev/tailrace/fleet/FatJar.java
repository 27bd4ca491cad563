package dev.tailrace.fleet;

import dev.tailrace.local.ClassArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** Runs the product as a user does: {@code java -jar target/tailrace.jar}. */
public final class FatJar {
  /** Where the build puts it. */
  public static final Path JAR = Path.of("target", "tailrace.jar").toAbsolutePath();

  private FatJar() {}

  /** The start of each command line: a JVM that costs little, and the jar. */
  public static List<String> command(Path jar) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(ClassArchive.ofJar(jar));
    command.addAll(List.of("-jar", jar.toString()));
    return command;
  }

  /** Starts a command; its output goes to {@code log}. */
  static Process start(Path folder, Path log, List<String> arguments) throws IOException {
    return start(folder, log, arguments, Map.of());
  }

  /** Starts a command with more variables in its environment. */
  static Process start(
      Path folder, Path log, List<String> arguments, Map<String, String> environment)
      throws IOException {
    List<String> command = new ArrayList<>(command(JAR));
    command.addAll(arguments);
    ProcessBuilder process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    process.environment().putAll(environment);
    return process.start();
  }

  /** Runs a command to its end; its exit code. */
  static int run(Path folder, Path log, List<String> arguments)
      throws IOException, InterruptedException {
    Process process = start(folder, log, arguments);
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("still running after two minutes: " + arguments);
    }
    return process.exitValue();
  }

  /** Packs classes of the tests into a plug-in jar. */
  public static void packPlugin(Path jar, Class<?>... types) throws IOException {
    Files.createDirectories(jar.getParent());
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Class<?> type : types) {
        String entry = type.getName().replace('.', '/') + ".class";
        try (var bytes = type.getClassLoader().getResourceAsStream(entry)) {
          if (bytes == null) {
            throw new IllegalStateException("no class file of " + type);
          }
          out.putNextEntry(new JarEntry(entry));
          bytes.transferTo(out);
          out.closeEntry();
        }
      }
    }
  }
}
