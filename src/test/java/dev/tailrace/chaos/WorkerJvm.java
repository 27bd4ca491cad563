package dev.tailrace.chaos;

import com.example.effects.Witness;
import com.example.effects.WitnessHandler;
import com.example.effects.WitnessWorker;
import dev.tailrace.fleet.FatJar;
import dev.tailrace.local.ClassArchive;
import dev.tailrace.local.ClassArchives;
import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The fat jar, started so that a process costs little: a small heap, one compiler, and an archive
 * of the classes that a run loads.
 */
final class WorkerJvm {
  private static final List<String> OPTIONS =
      List.of(
          "-Xmx96m", "-Xss512k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData");

  private final Path folder;

  private WorkerJvm(Path folder) {
    this.folder = folder;
  }

  /** Packs the handlers, and writes the archive where the build has not. */
  static WorkerJvm prepare(Path folder, KafkaBroker kafka, RedisServer redis)
      throws IOException, InterruptedException {
    WorkerJvm jvm = new WorkerJvm(folder);
    Files.createDirectories(folder);
    FatJar.packPlugin(
        jvm.plugins().resolve("witness.jar"),
        WitnessHandler.class,
        WitnessWorker.class,
        Witness.class);
    if (ClassArchive.ofJar(FatJar.JAR).isEmpty()) {
      ClassArchives.write(FatJar.JAR, kafka.bootstrap(), redis.url());
    }
    return jvm;
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
    command.addAll(ClassArchive.ofJar(FatJar.JAR));
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
