package dev.tailrace.local;

import java.io.Reader;
import java.net.URI;
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
import org.jspecify.annotations.Nullable;

/** The process of a {@link LocalKafka}: formats its folder the first time, then runs the broker. */
final class LocalKafkaMain {
  private static final int NODE = 1;
  private static final String CONTROLLER = "CONTROLLER";
  private static final String CLIENTS = "CLIENTS";

  /** In the data folder: settings over those that all have. */
  static final String SETTINGS = "broker.properties";

  /** Where the keys lie that sign tokens, as the URL of a file. */
  static final String TOKEN_KEYS = "sasl.oauthbearer.jwks.endpoint.url";

  /** A setting of ours: nodes of one cluster have the same. */
  static final String CLUSTER_ID = "cluster.id";

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
   * @param arguments data folder, port, controller port
   */
  public static void main(String[] arguments) throws Exception {
    Path data = Path.of(arguments[0]);
    Path logs = data.resolve("logs");
    boolean restarted = Files.exists(logs.resolve("meta.properties"));
    Properties settings = settings(logs, arguments[1], arguments[2]);
    settings.put(
        "broker.session.timeout.ms", restarted ? SESSION_MILLIS_RESTARTED : SESSION_MILLIS);
    try (Reader own = Files.newBufferedReader(data.resolve(SETTINGS))) {
      settings.load(own);
    }
    if (!restarted) {
      format(logs, settings);
    }
    settings.remove(CLUSTER_ID);
    allow(settings.getProperty(TOKEN_KEYS));
    KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(settings), Time.SYSTEM);
    server.startup();
    server.awaitShutdown();
  }

  /** A broker reads the keys of tokens only where its process as a whole may. */
  private static void allow(@Nullable String file) {
    if (file != null) {
      System.setProperty("org.apache.kafka.sasl.oauthbearer.allowed.urls", file);
      System.setProperty(
          "org.apache.kafka.sasl.oauthbearer.allowed.files", Path.of(URI.create(file)).toString());
    }
  }

  private static void format(Path logs, Properties settings) throws Exception {
    new Formatter()
        .setNodeId(Integer.parseInt(settings.getProperty("node.id")))
        .setClusterId(settings.getProperty(CLUSTER_ID, Uuid.randomUuid().toString()))
        .setControllerListenerName(CONTROLLER)
        .setMetadataLogDirectory(logs.toString())
        .setDirectories(List.of(logs.toString()))
        .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
        .run();
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
