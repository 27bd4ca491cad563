package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.kafka.KafkaSinkFactory;
import dev.tailrace.message.Headers;
import dev.tailrace.message.Origin;
import dev.tailrace.message.TestMessage;
import dev.tailrace.redis.sink.RedisSinkFactory;
import dev.tailrace.redis.stream.FieldMapping;
import dev.tailrace.sink.DeadLetter;
import dev.tailrace.sink.DeadLetterHeaders;
import dev.tailrace.sink.SinkFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfiguredDeadLettersTest {
  @TempDir private Path folder;

  @SuppressWarnings("NullAway.Init") // read before each test
  private ConfiguredDeadLetters letters;

  @BeforeEach
  void read() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("tailrace.yaml"),
            """
            name: worker
            pipelines:
              - name: orders
                source: {kafka: {topics: [orders], group: orders, start: earliest}}
                handler: {java: {class: com.acme.NotOnThisPath}}
                dead-letter: {kafka: dlq}
              - name: refunds
                source: {kafka: {topics: [refunds], group: orders, start: earliest}}
                handler: {log: {}}
                dead-letter: {kafka: dlq}
              - name: payments
                source:
                  redis:
                    {streams: [pay/s@1], group: p, start: earliest, fields: {value: payload}}
                order: unordered
                handler: {log: {}}
                dead-letter: {redis: "payments:dlq"}
              - name: audit
                source: {kafka: {topics: [audit], group: audit, start: earliest}}
                handler: {log: {}}
            """);
    letters =
        ConfiguredDeadLetters.read(
            new ConfigLoader(PoolSchema.schema())
                .load(new ConfigInputs(List.of(file), Map.of(), List.of())));
  }

  @Test
  void eachDestinationIsThereOnce() {
    assertThat(letters.destinations(null))
        .extracting(SinkFactory::destination)
        .containsExactly("dlq", "payments:dlq");
    assertThat(letters.destinations("payments"))
        .extracting(SinkFactory::destination)
        .containsExactly("payments:dlq");
    assertThat(letters.destinations("audit")).isEmpty();
    assertThat(letters.pipelines()).containsExactly("orders", "refunds", "payments", "audit");
  }

  @Test
  void aLetterGoesBackToTheTopicOrStreamItCameFrom() {
    assertThat(letters.origin(from("orders/1@33")).orElseThrow())
        .isInstanceOfSatisfying(
            KafkaSinkFactory.class, kafka -> assertThat(kafka.topic()).isEqualTo("orders"));
    assertThat(letters.origin(from("other.topic/0@1"))).isPresent();
    assertThat(letters.origin(from("nowhere"))).isEmpty();
    assertThat(letters.origin(from("orders@33"))).isEmpty();
  }

  @Test
  void aStreamIsWrittenInTheFieldsInWhichItsPipelineReadsIt() {
    assertThat(letters.origin(from("pay/s@1@17-0")).orElseThrow())
        .isInstanceOfSatisfying(
            RedisSinkFactory.class,
            redis -> {
              assertThat(redis.stream()).isEqualTo("pay/s@1");
              assertThat(redis.fields()).isEqualTo(new FieldMapping("key", "payload", "h."));
            });
    assertThat(letters.origin(from("unknown@17-0")).orElseThrow())
        .isInstanceOfSatisfying(
            RedisSinkFactory.class,
            redis -> assertThat(redis.fields()).isEqualTo(FieldMapping.DEFAULT));
  }

  @Test
  void anotherDestinationIsNamedWithItsKind() {
    assertThat(letters.destination("redis:a:b").destination()).isEqualTo("a:b");
    assertThat(letters.destination("kafka:dlq")).isEqualTo(letters.destinations("orders").get(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> letters.destination("orders"))
        .withMessageContaining("kafka:TOPIC or redis:STREAM");
    assertThatIllegalArgumentException().isThrownBy(() -> letters.destination("kafka:"));
  }

  private static DeadLetter from(String origin) {
    return new DeadLetter(
        new TestMessage(
            Origin.offset("dlq/0", 1),
            null,
            null,
            Headers.empty().with(DeadLetterHeaders.ORIGIN, origin),
            Instant.EPOCH));
  }
}
