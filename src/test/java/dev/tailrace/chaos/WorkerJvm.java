package dev.tailrace.chaos;

import com.example.effects.Witness;
import com.example.effects.WitnessHandler;
import com.example.effects.WitnessWorker;
import dev.tailrace.fleet.FatJar;
import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The fat jar, started so that a process costs little: a small heap, one compiler, and an archive
 * of the classes that a run loads, which a short demonstration writes once.
 */
final class WorkerJvm {
  private static final List<String> OPTIONS =
      List.of(
          "-Xmx96m",
          "-Xss512k",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:-UsePerfData",
          "-Xshare:auto",
          "-Xlog:cds=off",
          "-Xlog:cds+dynamic=off");

  private final Path folder;
  private final Path archive;

  private WorkerJvm(Path folder) {
    this.folder = folder;
    this.archive = folder.resolveSibling("classes.jsa");
  }

  /** Packs the handlers and trains the archive. */
  static WorkerJvm prepare(Path folder, KafkaBroker kafka, RedisServer redis)
      throws IOException, InterruptedException {
    WorkerJvm jvm = new WorkerJvm(folder);
    Files.createDirectories(folder);
    FatJar.packPlugin(
        jvm.plugins().resolve("witness.jar"),
        WitnessHandler.class,
        WitnessWorker.class,
        Witness.class);
    if (!isOfThisJar(jvm.archive)) {
      jvm.train(kafka, redis);
    }
    return jvm;
  }

  /** An archive serves all campaigns until the jar is built anew. */
  private static boolean isOfThisJar(Path archive) throws IOException {
    return Files.exists(archive)
        && Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(FatJar.JAR)) > 0;
  }

  private void train(KafkaBroker kafka, RedisServer redis)
      throws IOException, InterruptedException {
    Files.deleteIfExists(archive);
    Path log = folder.resolve("training.log");
    List<String> demo =
        List.of("demo", "--kafka", kafka.bootstrap(), "--redis", redis.url(), "--for", "1s");
    Process training = start(log, List.of("-XX:ArchiveClassesAtExit=" + archive), demo);
    if (!training.waitFor(2, TimeUnit.MINUTES)) {
      training.destroyForcibly();
    }
    if (!Files.exists(archive)) {
      throw new IllegalStateException("no archive of classes; see " + log);
    }
  }

  /** Where the handlers are. */
  Path plugins() {
    return folder.resolve("plugins");
  }

  /** Starts a worker. */
  Process start(Path log, List<String> options, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(OPTIONS);
    if (Files.exists(archive)) {
      command.add("-XX:SharedArchiveFile=" + archive);
    }
    command.addAll(options);
    command.addAll(List.of("-jar", FatJar.JAR.toString()));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }
}
