package dev.tailrace.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;

/** The process of a {@link LocalKafka}: formats its folder the first time, then runs the broker. */
final class LocalKafkaMain {
  private static final int NODE = 1;
  private static final String CONTROLLER = "CONTROLLER";
  private static final String CLIENTS = "CLIENTS";

  /** Anybody may do anything. */
  static final String OPEN = "open";

  /** A client logs in, and may do what a rule allows. */
  static final String GUARDED = "guarded";

  /**
   * How long a broker may be silent before its controller fences it: a busy machine is no death.
   */
  private static final String SESSION_MILLIS = "30000";

  /** The same after a restart, which waits until the session of the killed broker has run out. */
  private static final String SESSION_MILLIS_RESTARTED = "4000";

  private LocalKafkaMain() {}

  /**
   * Runs the broker until it is killed.
   *
   * @param arguments data folder, port, controller port, open or guarded
   */
  public static void main(String[] arguments) throws Exception {
    Path logs = Path.of(arguments[0], "logs");
    boolean restarted = Files.exists(logs.resolve("meta.properties"));
    if (!restarted) {
      format(logs);
    }
    Properties settings = settings(logs, arguments[1], arguments[2]);
    if (arguments[3].equals(GUARDED)) {
      settings.putAll(guards());
    }
    settings.put(
        "broker.session.timeout.ms", restarted ? SESSION_MILLIS_RESTARTED : SESSION_MILLIS);
    KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(settings), Time.SYSTEM);
    server.startup();
    server.awaitShutdown();
  }

  private static void format(Path logs) throws Exception {
    new Formatter()
        .setNodeId(NODE)
        .setClusterId(Uuid.randomUuid().toString())
        .setControllerListenerName(CONTROLLER)
        .setMetadataLogDirectory(logs.toString())
        .setDirectories(List.of(logs.toString()))
        .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
        .run();
  }

  private static Map<String, String> guards() {
    return Map.of(
        "listener.security.protocol.map",
        CLIENTS + ":SASL_PLAINTEXT," + CONTROLLER + ":PLAINTEXT",
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
        "User:admin;User:ANONYMOUS"); // who speaks to the controller has no name
  }

  private static Properties settings(Path logs, String port, String controllerPort) {
    Properties settings = new Properties();
    settings.putAll(
        Map.of(
            "process.roles",
            "broker,controller",
            "node.id",
            Integer.toString(NODE),
            "listeners",
            CLIENTS
                + "://"
                + LocalProcess.HOST
                + ":"
                + port
                + ","
                + CONTROLLER
                + "://"
                + LocalProcess.HOST
                + ":"
                + controllerPort,
            "advertised.listeners",
            CLIENTS + "://" + LocalProcess.HOST + ":" + port,
            "listener.security.protocol.map",
            CLIENTS + ":PLAINTEXT," + CONTROLLER + ":PLAINTEXT",
            "inter.broker.listener.name",
            CLIENTS,
            "controller.listener.names",
            CONTROLLER,
            "controller.quorum.voters",
            NODE + "@" + LocalProcess.HOST + ":" + controllerPort,
            "log.dirs",
            logs.toString(),
            "auto.create.topics.enable",
            "false"));
    settings.putAll(
        Map.of( // one node: nothing to replicate to
            "offsets.topic.replication.factor", "1",
            "offsets.topic.num.partitions", "4",
            "transaction.state.log.replication.factor", "1",
            "transaction.state.log.min.isr", "1",
            "transaction.state.log.num.partitions", "2",
            "share.coordinator.state.topic.replication.factor", "1",
            "share.coordinator.state.topic.min.isr", "1",
            "share.coordinator.state.topic.num.partitions", "1"));
    settings.putAll(
        Map.of( // small and quick
            "num.network.threads", "2",
            "num.io.threads", "4",
            "background.threads", "2",
            "broker.heartbeat.interval.ms", "200",
            "log.cleaner.dedupe.buffer.size", "4194304",
            "group.initial.rebalance.delay.ms", "0",
            "group.min.session.timeout.ms", "1000",
            "group.consumer.min.session.timeout.ms", "1000",
            "group.consumer.min.heartbeat.interval.ms", "200",
            "group.consumer.heartbeat.interval.ms", "500"));
    return settings;
  }
}
