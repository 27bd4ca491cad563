package dev.tailrace.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** The jar that ships holds all it needs once, and nothing that stops it from running. */
class FatJarIT {
  private static final Path JAR =
      Path.of(System.getProperty("tailrace.jar", "target/tailrace.jar"));

  @Test
  void itRuns() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                JAR.toString(),
                "version")
            .start();
    assertThat(process.inputReader().readLine()).startsWith("tailrace 0.");
    assertThat(process.errorReader().lines()).isEmpty();
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void servicesOfSeveralLibrariesAreMerged() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      assertThat(service(jar, "io.vertx.core.spi.VertxServiceProvider"))
          .contains("MicrometerMetricsFactory", "OpenTelemetryTracingFactory");
      assertThat(service(jar, "org.apache.logging.log4j.util.PropertySource")).isNotBlank();
      assertThat(service(jar, "org.slf4j.spi.SLF4JServiceProvider"))
          .contains("org.apache.logging.slf4j");
    }
  }

  @Test
  void thePluginsOfTheLogLibraryAreMerged() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      String plugins =
          text(jar, "META-INF/org/apache/logging/log4j/core/config/plugins/Log4j2Plugins.dat");
      assertThat(plugins).contains("PatternLayout", "JsonTemplateLayout");
    }
  }

  @Test
  void nothingSignsOrNamesModulesOfOthers() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      List<String> clutter =
          jar.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.matches("(?i).*(\\.SF|\\.RSA|\\.DSA|module-info\\.class)"))
              .toList();
      assertThat(clutter).isEmpty();
    }
  }

  @Test
  void theLicencesOfItsLibrariesAreInIt() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      assertThat(text(jar, "META-INF/LICENSE")).contains("Apache License");
      assertThat(licence(jar, "slf4j-api-.*/LICENSE.txt")).contains("QOS.ch");
      assertThat(licence(jar, "kafka-clients-.*/NOTICE")).contains("Apache Kafka");
      assertThat(licence(jar, "jackson-core-.*/FastDoubleParser-LICENSE")).contains("MIT License");
      assertThat(licence(jar, "HdrHistogram-.*/LICENSE.txt")).contains("BSD");
      assertThat(licence(jar, "zstd-jni.txt")).contains("Yann Collet");
    }
  }

  private static String licence(JarFile jar, String file) throws IOException {
    List<String> found =
        jar.stream()
            .map(ZipEntry::getName)
            .filter(name -> name.matches("META-INF/licenses/" + file))
            .toList();
    assertThat(found).as(file).hasSize(1);
    return text(jar, found.get(0));
  }

  @Test
  void noEntryIsThereTwice() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      assertThat(jar.stream().map(ZipEntry::getName)).doesNotHaveDuplicates();
    }
  }

  @Test
  void anotherBuildOfTheSameSourcesIsTheSameFile() throws IOException {
    // what makes builds differ is the time at which an entry of ours was written
    try (JarFile jar = new JarFile(JAR.toFile())) {
      assertThat(
              jar.stream()
                  .filter(entry -> entry.getName().startsWith("dev/tailrace/"))
                  .map(ZipEntry::getTimeLocal)
                  .collect(Collectors.toSet()))
          .hasSize(1);
    }
  }

  @Test
  void theCallsOfLinuxAreInItForEachProcessor() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      for (String processor : List.of("x86_64", "aarch_64")) {
        String library = "META-INF/native/libnetty_transport_native_epoll_" + processor + ".so";
        assertThat(jar.getEntry(library)).as(library).isNotNull();
      }
    }
  }

  @Test
  void theManifestStartsItAsItNeeds() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertThat(manifest.getValue("Main-Class")).isEqualTo("dev.tailrace.cli.Main");
      assertThat(manifest.getValue("Multi-Release")).isEqualTo("true");
      assertThat(manifest.getValue("Enable-Native-Access")).isEqualTo("ALL-UNNAMED");
      assertThat(manifest.getValue("Implementation-Version")).isNotBlank();
    }
  }

  private static String service(JarFile jar, String type) throws IOException {
    return text(jar, "META-INF/services/" + type);
  }

  private static String text(JarFile jar, String name) throws IOException {
    return new String(
        jar.getInputStream(new ZipEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
  }
}
