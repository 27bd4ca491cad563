package dev.tailrace.cli;

import dev.tailrace.app.PoolIdentity;
import dev.tailrace.cli.LastTelemetry.Batch;
import io.vertx.core.Future;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last telemetry that nobody has acknowledged, kept for the next start of this instance: a file
 * for each run, in one folder. Thread-safe; all is done on one thread of its own.
 */
final class Spool {
  /** Files of so many runs are kept; the oldest goes first. */
  static final int MOST_FILES = 16;

  private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

  private final Path folder;
  private final String suffix;
  private final String prefix;
  private final Path own;
  private final SerialThread disk = new SerialThread("tailrace-spool");

  /** In this folder, which several instances may share. */
  Spool(Path folder, PoolIdentity identity) {
    this(folder, identity, ".spool");
  }

  /** In files of another suffix, which are for another receiver. */
  Spool(Path folder, PoolIdentity identity, String suffix) {
    this.folder = folder;
    this.suffix = suffix;
    this.prefix = safe("tailrace-" + identity.name() + "-" + identity.instance()) + "@";
    this.own = folder.resolve(prefix + safe(identity.incarnation()) + suffix);
  }

  private static String safe(String name) {
    return name.replaceAll("[^A-Za-z0-9._-]", "_");
  }

  /** Keeps them; completes with the file. */
  Future<Path> keep(List<Batch> batches) {
    return disk.run(
        () -> {
          Files.createDirectories(folder);
          String lines =
              batches.stream()
                  .map(
                      batch -> new JsonObject().put("path", batch.path()).put("body", batch.body()))
                  .map(line -> line.encode() + "\n")
                  .collect(Collectors.joining());
          Files.writeString(own, lines, StandardCharsets.UTF_8);
          List<Path> all = files();
          for (Path oldest : all.subList(0, Math.max(0, all.size() - MOST_FILES))) {
            Files.delete(oldest);
            LOG.warn("telemetry of an earlier run was never delivered: {}", oldest);
          }
          return own;
        });
  }

  /** What earlier runs have kept, the oldest first. */
  Future<Map<Path, List<Batch>>> kept() {
    return disk.run(
        () -> {
          Map<Path, List<Batch>> kept = new LinkedHashMap<>();
          for (Path file : files()) {
            if (!file.equals(own)) {
              kept.put(file, batches(file));
            }
          }
          return kept;
        });
  }

  /** That was delivered. */
  Future<Void> delivered(Path file) {
    return disk.run(
        () -> {
          Files.deleteIfExists(file);
          return null;
        });
  }

  private List<Path> files() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(
              file ->
                  file.getFileName().toString().startsWith(prefix)
                      && file.getFileName().toString().endsWith(suffix))
          .sorted() // incarnations begin with the time
          .toList();
    }
  }

  private static List<Batch> batches(Path file) throws IOException {
    List<Batch> batches = new ArrayList<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      try {
        JsonObject json = new JsonObject(line);
        batches.add(new Batch(json.getString("path"), json.getJsonObject("body")));
      } catch (DecodeException | ClassCastException cut) {
        LOG.warn("{}: a line that is not whole is left out", file);
      }
    }
    return batches;
  }
}
