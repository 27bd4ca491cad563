package dev.tailrace.local;

import java.io.File;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A real broker in KRaft mode, one node, in a JVM of its own on the class path of the tests. */
public final class LocalKafka extends LocalProcess implements KafkaBroker {
  private final int port;

  private LocalKafka(Path data, int port) {
    super("Kafka on port " + port, data, command(data, port, freePort()));
    this.port = port;
  }

  /** A running broker on a free port. */
  public static LocalKafka start() {
    return launched(() -> new LocalKafka(newFolder("tailrace-kafka-"), freePort()));
  }

  @Override
  public String bootstrap() {
    return HOST + ":" + port;
  }

  @Override
  boolean answers() {
    return Probe.kafka(HOST, port);
  }

  private static List<String> command(Path data, int port, int controllerPort) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xms128m",
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:-UsePerfData",
        "-Dlog4j2.configurationFile=classpath:dev/tailrace/local/quiet-log4j2.xml",
        "-cp",
        classPath(),
        LocalKafkaMain.class.getName(),
        data.toString(),
        Integer.toString(port),
        Integer.toString(controllerPort));
  }

  /** Surefire hides the class path in a jar's manifest, exec-maven-plugin in a class loader. */
  static String classPath() {
    if (LocalKafka.class.getClassLoader() instanceof URLClassLoader loader) {
      return Arrays.stream(loader.getURLs())
          .map(LocalKafka::file)
          .collect(Collectors.joining(File.pathSeparator));
    }
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private static String file(URL url) {
    try {
      return Path.of(url.toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("class path entry " + url, e);
    }
  }
}
