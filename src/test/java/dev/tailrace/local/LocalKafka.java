package dev.tailrace.local;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A real broker in KRaft mode, one node, in a JVM of its own on the class path of the tests. */
public final class LocalKafka extends LocalProcess implements KafkaBroker {
  private static final String ADMINISTRATOR = "admin";

  private final int port;
  private final boolean guarded;

  private LocalKafka(Path data, int port, boolean guarded) {
    super("Kafka on port " + port, data, command(data, port, freePort(), guarded));
    this.port = port;
    this.guarded = guarded;
  }

  /** A running broker on a free port. */
  public static LocalKafka start() {
    return launched(() -> new LocalKafka(newFolder("tailrace-kafka-"), freePort(), false));
  }

  /**
   * One that asks for a login (SASL PLAIN) and lets a user do only what a rule allows. There are
   * the users {@code admin}, who may do everything, and {@code worker}, each with the name as
   * password.
   */
  public static LocalKafka startGuarded() {
    return launched(() -> new LocalKafka(newFolder("tailrace-kafka-"), freePort(), true));
  }

  /** What a client needs to log in to a guarded broker. */
  public static Map<String, String> login(String user) {
    String module = "org.apache.kafka.common.security.plain.PlainLoginModule required";
    return Map.of(
        "security.protocol",
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        module + " username=\"" + user + "\" password=\"" + user + "\";");
  }

  @Override
  public Map<String, Object> administrator() {
    Map<String, Object> settings = new HashMap<>(guarded ? login(ADMINISTRATOR) : Map.of());
    settings.put("bootstrap.servers", bootstrap());
    return settings;
  }

  @Override
  public String bootstrap() {
    return HOST + ":" + port;
  }

  @Override
  boolean answers() {
    return Probe.kafka(HOST, port, administrator());
  }

  private static List<String> command(Path data, int port, int controllerPort, boolean guarded) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xms128m",
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:-UsePerfData",
        "-Dlog4j2.configurationFile=classpath:dev/tailrace/local/quiet-log4j2.xml",
        "-cp",
        TestClassPath.joined(),
        LocalKafkaMain.class.getName(),
        data.toString(),
        Integer.toString(port),
        Integer.toString(controllerPort),
        guarded ? LocalKafkaMain.GUARDED : LocalKafkaMain.OPEN);
  }
}
