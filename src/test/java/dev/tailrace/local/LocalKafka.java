package dev.tailrace.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** A real broker in KRaft mode, one node, in a JVM of its own on the class path of the tests. */
public final class LocalKafka extends LocalProcess implements KafkaBroker {
  private static final String ADMINISTRATOR = "admin";

  private final Ports ports;
  private final Map<String, ?> administrator;

  /** Where a broker listens: for clients, and for controllers. */
  record Ports(int clients, int controller) {
    static Ports free() {
      return new Ports(freePort(), freePort());
    }
  }

  /**
   * Prepares a broker.
   *
   * @param settings over those that all have
   * @param administrator what its administrator logs in with
   */
  LocalKafka(Ports ports, Map<String, String> settings, Map<String, ?> administrator) {
    this(ports, settings, administrator, ClassArchive.ofBroker());
  }

  private LocalKafka(
      Ports ports, Map<String, String> settings, Map<String, ?> administrator, List<String> jvm) {
    this(newFolder("tailrace-kafka-"), ports, settings, administrator, jvm);
  }

  private LocalKafka(
      Path data,
      Ports ports,
      Map<String, String> settings,
      Map<String, ?> administrator,
      List<String> jvm) {
    super("Kafka on port " + ports.clients(), data, command(jvm, data, ports));
    this.ports = ports;
    this.administrator = administrator;
    Properties own = new Properties();
    own.putAll(settings);
    try (Writer file = Files.newBufferedWriter(data.resolve(LocalKafkaMain.SETTINGS))) {
      own.store(file, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A running one of these classes that notes what it loads, for {@link #archive}. */
  static LocalKafka recording(BrokerClasses classes) {
    List<String> jvm =
        List.of("-XX:+RecordDynamicDumpInfo", "-cp", TestClassPath.join(classes.path()));
    return launched(() -> new LocalKafka(Ports.free(), Map.of(), Map.of(), jvm));
  }

  /** Writes what it has loaded so far. */
  void archive(Path file) throws IOException, InterruptedException {
    // at its end it would do so by itself, but its warden ends it without a word
    new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            Long.toString(pid()),
            "VM.cds",
            "dynamic_dump",
            file.toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** A running broker on a free port. */
  public static LocalKafka start() {
    return start(Map.of());
  }

  /** One with settings of the test's own. */
  public static LocalKafka start(Map<String, String> settings) {
    return launched(() -> new LocalKafka(Ports.free(), settings, Map.of()));
  }

  /**
   * One that asks for a login (SASL PLAIN) and lets a user do only what a rule allows. There are
   * the users {@code admin}, who may do everything, and {@code worker}, each with the name as
   * password.
   */
  public static LocalKafka startGuarded() {
    return launched(() -> new LocalKafka(Ports.free(), guards(), login(ADMINISTRATOR)));
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

  private static Map<String, String> guards() {
    return Map.of(
        "listener.security.protocol.map",
        "CLIENTS:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
        "sasl.enabled.mechanisms",
        "PLAIN",
        "sasl.mechanism.inter.broker.protocol",
        "PLAIN",
        "listener.name.clients.plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required"
            + " username=\"admin\" password=\"admin\""
            + " user_admin=\"admin\" user_worker=\"worker\";",
        "authorizer.class.name",
        "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users",
        "User:admin;User:ANONYMOUS", // who speaks to the controller has no name
        "group.consumer.session.timeout.ms",
        "3000"); // who may not reach the group any more cannot leave it either
  }

  @Override
  public Map<String, Object> administrator() {
    Map<String, Object> settings = new HashMap<>(administrator);
    settings.put("bootstrap.servers", bootstrap());
    return settings;
  }

  @Override
  public String bootstrap() {
    return HOST + ":" + ports.clients();
  }

  @Override
  boolean answers() {
    return Probe.kafka(HOST, ports.clients(), administrator());
  }

  private static List<String> command(List<String> jvm, Path data, Ports ports) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xms128m",
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Dlog4j2.configurationFile=classpath:dev/tailrace/local/quiet-log4j2.xml"));
    command.addAll(jvm);
    command.addAll(
        List.of(
            LocalKafkaMain.class.getName(),
            data.toString(),
            Integer.toString(ports.clients()),
            Integer.toString(ports.controller())));
    return command;
  }
}
