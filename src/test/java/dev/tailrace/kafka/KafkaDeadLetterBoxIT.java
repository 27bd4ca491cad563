package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.Headers;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.sink.DeadLetterBox.Purged;
import dev.tailrace.sink.DeadLetterBox.Start;
import dev.tailrace.sink.DeadLetterBoxContract;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.source.SourceHarness;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Dead letters in a real topic. */
class KafkaDeadLetterBoxIT extends DeadLetterBoxContract {
  private final Servers servers = SharedServers.get();
  private final String topic = Servers.uniqueName("letters");
  private final SourceHarness harness =
      new SourceHarness(
          "a",
          environment ->
              KafkaSourceConfig.of(servers.kafka().bootstrap(), topic, topic).source(environment));

  KafkaDeadLetterBoxIT() {
    servers.createTopic(topic, 1);
  }

  @AfterEach
  void close() {
    harness.close();
  }

  @Override
  protected DeadLetterBox make() {
    return box(topic);
  }

  private DeadLetterBox box(String name) {
    KafkaClientConfig client = KafkaClientConfig.of(servers.kafka().bootstrap());
    return new KafkaSinkFactory(client, name).box(harness.loop());
  }

  @Override
  protected <T> T call(Supplier<Future<T>> turn) {
    return harness.await(turn);
  }

  @Override
  protected void put(List<OutgoingMessage> letters) {
    Records.sendAll(servers.kafka(), letters.stream().map(one -> record(topic, 0, one)).toList());
  }

  private static ProducerRecord<byte[], byte[]> record(
      String topic, int partition, OutgoingMessage letter) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, partition, bytes(letter.key()), bytes(letter.body()));
    for (Headers.Header header : letter.headers()) {
      record.headers().add(header.name(), bytes(header.value()));
    }
    return record;
  }

  private static byte @Nullable [] bytes(@Nullable Buffer buffer) {
    return buffer == null ? null : buffer.getBytes();
  }

  @Test
  void aMissingTopicIsRefusedWithTheNameThatWasMeant() {
    DeadLetterBox misspelt = box(topic + "q");
    assertThatThrownBy(() -> call(misspelt::open))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining("did you mean '" + topic + "'?");
    call(misspelt::close);
  }

  @Test
  void eachPartitionIsPurgedUpToItsFirstLetterThatIsNotMeant() {
    String wide = topic + "-wide";
    servers.createTopic(wide, 3);
    for (int partition = 0; partition < 3; partition++) {
      for (String body : List.of("doomed", partition == 1 ? "kept" : "doomed", "doomed")) {
        OutgoingMessage letter = new OutgoingMessage(null, Buffer.buffer(body), Headers.empty());
        Records.sendAll(servers.kafka(), List.of(record(wide, partition, letter)));
      }
    }
    DeadLetterBox box = box(wide);
    call(box::open);

    Purged purged =
        call(
            () ->
                box.purge(
                    letter -> Buffer.buffer("doomed").equals(letter.message().body()), false));

    assertThat(purged).isEqualTo(new Purged(8, 7));
    DeadLetterBox after = box(wide);
    call(after::open);
    assertThat(call(() -> after.start(Start.reading(null))).letters()).isEqualTo(2);
  }

  @Test
  void aTopicThatOnlyCompactsCannotBePurgedAndSaysSo() {
    String compacted = topic + "-compacted";
    Servers.createTopic(servers.kafka(), compacted, 1, Map.of("cleanup.policy", "compact"));
    OutgoingMessage letter =
        new OutgoingMessage(Buffer.buffer("k"), Buffer.buffer("v"), Headers.empty());
    Records.sendAll(servers.kafka(), List.of(record(compacted, 0, letter)));
    DeadLetterBox box = box(compacted);
    call(box::open);

    assertThatThrownBy(() -> call(() -> box.purge(any -> true, false)))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining("PolicyViolation");
  }
}
