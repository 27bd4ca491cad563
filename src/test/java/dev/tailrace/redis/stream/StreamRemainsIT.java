package dev.tailrace.redis.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.redis.StreamFixture;
import dev.tailrace.source.Delivery;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What readers leave behind on a server, and what becomes of it. */
class StreamRemainsIT extends StreamFixture {
  @Test
  void whatIsGivenBackIsToldToTheOthersAndOnlyThat() {
    String told = "tailrace:{" + stream + "}:workers:given-back";
    probe.add(stream, "x");
    StreamConsumer done = StreamConsumer.finishing(loop, config, "a");
    eventually().until(() -> done.bodies().size() == 1);
    done.drain();
    assertThat(probe.command(Command.EXISTS, told)).hasToString("0");
    probe.add(stream, "y");
    StreamConsumer leaving = StreamConsumer.holding(loop, config, "a");
    eventually().until(() -> leaving.bodies().size() == 1);

    leaving.drain();

    assertThat(probe.command(Command.EXISTS, told)).hasToString("1");
  }

  @Test
  void theNamesOfTheDeadAreForgottenOnceNothingIsPendingForThem() {
    probe.addMany(stream, 3);
    StreamConsumer dead = StreamConsumer.holding(loop, impatient, "a");
    eventually().until(() -> dead.bodies().size() == 3);
    dead.die();
    assertThat(probe.consumers(stream, "workers")).containsExactly("a");

    StreamConsumer heir = StreamConsumer.finishing(loop, impatient, "b");

    eventually().until(() -> probe.consumers(stream, "workers").equals(List.of("b")));
    assertThat(heir.bodies()).isEqualTo(numbers(0, 3));
    heir.drain();
  }

  @Test
  void whatEveryGroupHasAcknowledgedIsTrimmedAndNothingElse() {
    probe.command(Command.XGROUP, "CREATE", stream, "others", "0", "MKSTREAM");
    RedisSourceConfig trimmed = config.withTrim(RedisSourceConfig.Trim.ACKNOWLEDGED);
    StreamConsumer consumer = StreamConsumer.holding(loop, trimmed, "a");
    probe.addMany(stream, 1_000);
    eventually().until(() -> consumer.bodies().size() == 1_000);
    List<Delivery> held = consumer.accepted();
    loop.run(
        () ->
            IntStream.range(0, 1_000)
                .filter(number -> number != 700)
                .forEach(number -> held.get(number).settle()));
    eventually().until(() -> probe.pending(stream, "workers").size() == 1);
    pass(Duration.ofSeconds(3));
    assertThat(probe.length(stream)).as("the other group has read none").isEqualTo(1_000);

    probe.command(Command.XREADGROUP, "GROUP", "others", "x", "NOACK", "STREAMS", stream, ">");

    eventually().until(() -> probe.length(stream) < 1_000);
    pass(Duration.ofSeconds(3));
    assertThat(probe.length(stream)).isBetween(300L, 400L);
    loop.run(held.get(700)::settle);
    eventually().until(() -> probe.length(stream) < 101);
    consumer.drain();
  }
}
