package dev.tailrace.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The class path of a broker as an archive can be of it: jars only, where the tests have folders.
 *
 * @param folder where its own jar, its list and its archive lie
 */
record BrokerClasses(Path folder) {
  /** Those of this build. */
  static final BrokerClasses BUILT = new BrokerClasses(Path.of("target", "broker"));

  private static final String PACKAGE = "dev/tailrace/local/";
  private static final List<String> FILES = List.of("LocalKafkaMain.class", "quiet-log4j2.xml");

  BrokerClasses(Path folder) {
    this.folder = folder.toAbsolutePath();
  }

  Path jar() {
    return folder.resolve("broker.jar");
  }

  Path archive() {
    return ClassArchive.fileOf(jar());
  }

  /** Packs the broker's process into a jar, and notes what else of the tests' class path it has. */
  void pack(List<Path> entries) throws IOException {
    Files.createDirectories(folder);
    Files.deleteIfExists(archive());
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(jar()))) {
      for (String file : FILES) {
        jar.putNextEntry(new JarEntry(PACKAGE + file));
        Files.copy(resource(file), jar);
        jar.closeEntry();
      }
    }
    List<String> path = new ArrayList<>(List.of(jar().toString()));
    jars(entries).map(Path::toString).forEach(path::add);
    Files.write(list(), path);
  }

  /** What {@link #pack} noted. */
  List<Path> path() {
    try {
      return Files.readAllLines(list()).stream().map(Path::of).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether it was packed from these entries, and from the files as they are now. */
  boolean isMadeOf(List<Path> entries) {
    Set<Path> packed = Set.copyOf(path());
    Set<Path> now = jars(entries).collect(Collectors.toSet());
    now.add(jar());
    return packed.equals(now) && FILES.stream().allMatch(this::isPacked);
  }

  private boolean isPacked(String file) {
    try (JarFile jar = new JarFile(jar().toFile());
        InputStream packed = jar.getInputStream(jar.getEntry(PACKAGE + file))) {
      return Arrays.equals(packed.readAllBytes(), Files.readAllBytes(resource(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path list() {
    return folder.resolve("class.path");
  }

  private static Stream<Path> jars(List<Path> entries) {
    return entries.stream().filter(Files::isRegularFile);
  }

  private static Path resource(String file) {
    try {
      return Path.of(Objects.requireNonNull(BrokerClasses.class.getResource(file)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
