package dev.tailrace.kafka;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.source.Source;
import dev.tailrace.source.SourceContract;
import dev.tailrace.source.SourceEnvironment;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** The contract of all sources, with a real broker. */
class KafkaSourceContractIT extends SourceContract {
  private final Servers servers = SharedServers.get();
  private final String topic = Servers.uniqueName("contract");

  @BeforeEach
  void createTopic() {
    servers.createTopic(topic, 1);
  }

  @Override
  protected Source source(SourceEnvironment environment) {
    return KafkaSourceConfig.of(servers.kafka().bootstrap(), topic, topic).source(environment);
  }

  @Override
  protected void produce(List<String> bodies) {
    Records.send(servers.kafka(), topic, bodies);
  }
}
