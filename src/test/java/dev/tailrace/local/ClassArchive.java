package dev.tailrace.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The classes that a process loads, in the form in which the next one like it has them at once: it
 * starts in half the time. {@link ClassArchives} writes them once per build; where there is none
 * that fits, processes start without.
 */
public final class ClassArchive {
  /** One that does not fit is no error, and no line among those that a test reads. */
  private static final List<String> SILENT =
      List.of("-Xshare:auto", "-Xlog:cds=off", "-Xlog:cds+dynamic=off");

  private ClassArchive() {}

  /** Options for a JVM that runs this jar. */
  public static List<String> ofJar(Path jar) {
    Path archive = fileOf(jar);
    return isNewer(archive, jar) ? options(archive) : List.of();
  }

  /** Options for a JVM that runs a broker, its class path among them. */
  static List<String> ofBroker() {
    List<Path> entries = TestClassPath.entries();
    BrokerClasses broker = BrokerClasses.BUILT;
    List<String> options = new ArrayList<>();
    if (isNewer(broker.archive(), broker.jar()) && broker.isMadeOf(entries)) {
      options.addAll(options(broker.archive()));
      entries = broker.path();
    }
    options.addAll(List.of("-cp", TestClassPath.join(entries)));
    return options;
  }

  /** Where that of a jar lies. */
  static Path fileOf(Path jar) {
    return jar.toAbsolutePath().resolveSibling(jar.getFileName() + ".jsa");
  }

  private static List<String> options(Path archive) {
    List<String> options = new ArrayList<>(SILENT);
    options.add("-XX:SharedArchiveFile=" + archive);
    return options;
  }

  static boolean isNewer(Path file, Path than) {
    try {
      return Files.exists(file)
          && Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(than)) > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
