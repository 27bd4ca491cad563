package dev.tailrace.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Writes the archives of a build: of what a broker loads, and of what the fat jar does. */
public final class ClassArchives {
  private ClassArchives() {}

  /** Writes both; where that fails, processes start as they do without, and it says so. */
  public static void main(String[] arguments) throws InterruptedException {
    try {
      writeBoth();
    } catch (IOException | RuntimeException failure) {
      System.out.println("no archives of classes for the integration tests: " + failure);
    }
  }

  /** Runs a demonstration on a broker for a moment, and has both write what they loaded. */
  private static void writeBoth() throws IOException, InterruptedException {
    BrokerClasses.BUILT.pack(TestClassPath.entries());
    try (LocalKafka kafka = LocalKafka.recording(BrokerClasses.BUILT);
        LocalRedis redis = LocalRedis.start()) {
      Path jar = Path.of(System.getProperty("tailrace.jar", "target/tailrace.jar"));
      write(jar.toAbsolutePath(), kafka.bootstrap(), redis.url());
      kafka.archive(BrokerClasses.BUILT.archive());
    }
  }

  /**
   * Writes that of the fat jar, by a demonstration.
   *
   * @param kafka its bootstrap servers
   * @param redis its URL
   */
  public static void write(Path jar, String kafka, String redis)
      throws IOException, InterruptedException {
    Path archive = ClassArchive.fileOf(jar);
    Path part = archive.resolveSibling("part-" + ProcessHandle.current().pid() + ".jsa");
    Process demo =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:ArchiveClassesAtExit=" + part,
                    "-jar",
                    jar.toString(),
                    "demo",
                    "--kafka",
                    kafka,
                    "--redis",
                    redis,
                    "--for",
                    "1s"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!demo.waitFor(2, TimeUnit.MINUTES)) {
      demo.destroyForcibly();
    } else if (Files.exists(part)) {
      // whole at once: other tests may start processes with it
      Files.move(part, archive, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
