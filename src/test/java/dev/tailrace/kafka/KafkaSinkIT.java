package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.MessageRefusedException;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.Sink;
import dev.tailrace.source.SourceHarness;
import dev.tailrace.source.UnfitException;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A sink and a real broker; what was sent is read by a source. */
class KafkaSinkIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Servers servers = SharedServers.get();
  private final String topic = Servers.uniqueName("sink");
  private final SourceHarness reader =
      new SourceHarness(
          "a",
          environment ->
              KafkaSourceConfig.of(servers.kafka().bootstrap(), topic, topic).source(environment));

  @AfterEach
  void close() {
    reader.close();
  }

  private Sink sink(KafkaClientConfig client, String destination) {
    return reader.get(() -> new KafkaSinkFactory(client, destination).sink(reader.loop()));
  }

  private Sink sink() {
    return sink(KafkaClientConfig.of(servers.kafka().bootstrap()), topic);
  }

  private List<Reply<Sink.Sent>> send(Sink sink, List<OutgoingMessage> messages) {
    return reader.await(() -> sink.send(messages));
  }

  private static OutgoingMessage body(String text) {
    return new OutgoingMessage(null, Buffer.buffer(text), Headers.empty());
  }

  @Test
  void eachMessageIsAnsweredInOrderAndArrivesAsItWasGiven() {
    servers.createTopic(topic, 1);
    Sink sink = sink();
    reader.await(sink::open);
    Headers headers = Headers.empty().with("reason", "BadPayload");

    List<Reply<Sink.Sent>> replies =
        send(
            sink,
            List.of(
                new OutgoingMessage(Buffer.buffer("k"), Buffer.buffer("v"), headers),
                new OutgoingMessage(Buffer.buffer("k"), null, Headers.empty())));

    assertThat(replies)
        .containsExactly(
            Reply.ok(new Sink.Sent(topic + "/0@0")), Reply.ok(new Sink.Sent(topic + "/0@1")));
    reader.open().credit(100);
    await().atMost(LIMIT).until(() -> reader.arrived().size() == 2);
    Message first = reader.arrived().get(0).message();
    assertThat(String.valueOf(first.key())).isEqualTo("k");
    assertThat(first.headers()).isEqualTo(headers);
    assertThat(reader.arrived().get(1).message().body()).isNull();
    reader.await(sink::close);
  }

  @Test
  void aMessageThatIsTooLargeIsRefusedAndTheOthersArrive() {
    servers.createTopic(topic, 1);
    Sink sink = sink();
    reader.await(sink::open);
    String beyondTheBroker = "x".repeat(2 << 20);
    String beyondTheProducer = "x".repeat(17 << 20);

    List<Reply<Sink.Sent>> replies =
        send(
            sink,
            List.of(body("small"), body(beyondTheBroker), body("small"), body(beyondTheProducer)));

    assertThat(replies.get(0).isOk()).isTrue();
    assertThat(replies.get(2).isOk()).isTrue();
    assertThat(List.of(replies.get(1), replies.get(3))).allSatisfy(KafkaSinkIT::isRefused);
    reader.await(sink::close);
  }

  private static void isRefused(Reply<Sink.Sent> reply) {
    assertThat(reply)
        .isInstanceOfSatisfying(
            Reply.Failed.class,
            failed -> assertThat(failed.cause()).isInstanceOf(MessageRefusedException.class));
  }

  @Test
  void aMissingTopicIsRefusedWithTheNameThatWasMeantHoweverPatientTheProducerIs() {
    servers.createTopic(topic, 1);
    Duration beyondTheTest = LIMIT.multipliedBy(10);
    KafkaClientConfig patient =
        KafkaClientConfig.of(servers.kafka().bootstrap())
            .with("max.block.ms", Long.toString(beyondTheTest.toMillis()));
    Sink misspelt = sink(patient, topic + "q");

    assertThatThrownBy(() -> reader.await(misspelt::open))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining("did you mean '" + topic + "'?");
    reader.await(misspelt::close);
  }

  @Test
  void aSilentBrokerLeavesTheOutcomeUnknownAndDoesNotHoldTheClose() {
    try (KafkaBroker broker = servers.newKafka()) {
      Servers.createTopic(broker, topic, 1, Map.of());
      Sink sink =
          sink(
              KafkaClientConfig.of(broker.bootstrap())
                  .with("delivery.timeout.ms", "2000")
                  .with("request.timeout.ms", "1000"),
              topic);
      reader.await(sink::open);
      broker.pause();

      assertThat(send(sink, List.of(body("x")))).singleElement().isInstanceOf(Reply.Unknown.class);
      reader.await(sink::close);
      broker.resume();
    }
  }

  @Test
  void aClosedSinkFailsWhatItIsGiven() {
    Sink sink = sink();
    reader.await(sink::close);
    reader.await(sink::close);

    assertThat(send(sink, IntStream.range(0, 3).mapToObj(i -> body("x")).toList()))
        .hasSize(3)
        .allMatch(reply -> reply instanceof Reply.Failed);
  }
}
