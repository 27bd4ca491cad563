package dev.tailrace.local;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;

/**
 * Three brokers, each a controller too and a process of its own. Everything is held three times,
 * and acknowledged when two have it. To be used by one thread at a time.
 */
public final class KafkaCluster implements AutoCloseable {
  private static final int NODES = 3;

  private final List<LocalKafka> nodes;

  private KafkaCluster(List<LocalKafka> nodes) {
    this.nodes = nodes;
  }

  /** A running cluster on free ports. */
  public static KafkaCluster start() {
    List<LocalKafka.Ports> ports =
        IntStream.range(0, NODES).mapToObj(i -> LocalKafka.Ports.free()).toList();
    String voters =
        IntStream.range(0, NODES)
            .mapToObj(i -> (i + 1) + "@" + LocalProcess.HOST + ":" + ports.get(i).controller())
            .collect(Collectors.joining(","));
    String id = Uuid.randomUuid().toString();
    KafkaCluster cluster = new KafkaCluster(new ArrayList<>());
    try {
      for (int i = 0; i < NODES; i++) {
        Map<String, String> settings = settings(id, voters);
        settings.put("node.id", Integer.toString(i + 1));
        cluster.nodes.add(new LocalKafka(ports.get(i), settings, Map.of()));
      }
      cluster.nodes.forEach(LocalProcess::begin); // none answers before two are there
      cluster.nodes.forEach(LocalProcess::awaitAnswer);
      return cluster;
    } catch (RuntimeException failure) {
      cluster.close();
      throw failure;
    }
  }

  private static Map<String, String> settings(String id, String voters) {
    Map<String, String> settings = new HashMap<>();
    settings.put(LocalKafkaMain.CLUSTER_ID, id);
    settings.put("controller.quorum.voters", voters);
    settings.put("default.replication.factor", "3");
    settings.put("min.insync.replicas", "2");
    settings.put("offsets.topic.replication.factor", "3");
    settings.put("transaction.state.log.replication.factor", "3");
    settings.put("transaction.state.log.min.isr", "2");
    settings.put("broker.session.timeout.ms", "6000");
    return settings;
  }

  /** Where clients connect: all nodes. */
  public String bootstrap() {
    return nodes.stream().map(LocalKafka::bootstrap).collect(Collectors.joining(","));
  }

  /**
   * One of the nodes.
   *
   * @param id as the brokers count, from 1
   */
  public KafkaBroker node(int id) {
    return nodes.get(id - 1);
  }

  @Override
  public void close() {
    nodes.forEach(LocalProcess::close);
  }
}
