package dev.tailrace.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/** Runs the worlds of some seeds and prints a hash of all that their processes have logged. */
public final class EventLogHashes {
  private EventLogHashes() {}

  /** Prints one line per seed, from the first to before the last that are given. */
  public static void main(String[] bounds) throws IOException {
    Path folder = Files.createTempDirectory("event-logs");
    try {
      of(Long.parseLong(bounds[0]), Long.parseLong(bounds[1]), folder).forEach(System.out::println);
    } finally {
      delete(folder);
    }
  }

  /**
   * The lines of these seeds: the seed, SHA-256 of the event logs and reports of all its processes,
   * and how many bytes they have.
   */
  static List<String> of(long from, long to, Path folder) throws IOException {
    World.installFailPoints();
    Configurator.setLevel("dev.tailrace", Level.OFF);
    try {
      List<String> lines = new ArrayList<>();
      for (long seed = from; seed < to; seed++) {
        Path own = Files.createDirectory(folder.resolve(Long.toString(seed)));
        Schedules.world(seed).logging(own).run();
        lines.add(seed + " " + hash(own));
        delete(own);
      }
      return lines;
    } finally {
      Configurator.setLevel("dev.tailrace", Level.INFO);
    }
  }

  private static String hash(Path folder) throws IOException {
    MessageDigest digest = sha256();
    long bytes = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        byte[] content = Files.readAllBytes(file);
        digest.update(file.getFileName().toString().getBytes(UTF_8));
        digest.update(content);
        bytes += content.length;
      }
    }
    return HexFormat.of().formatHex(digest.digest()) + " " + bytes;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every JVM has SHA-256", missing);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException failure) {
                  throw new UncheckedIOException(failure);
                }
              });
    }
  }
}
