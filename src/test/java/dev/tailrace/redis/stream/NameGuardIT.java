package dev.tailrace.redis.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.redis.StreamFixture;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.UnfitException;
import io.vertx.redis.client.Command;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One process at a time reads under a name. */
class NameGuardIT extends StreamFixture {
  private final String lease = "tailrace:{" + stream + "}:workers:a";

  @Test
  void aSecondProcessOfTheSameNameIsRefusedAndTheFirstReadsOn() {
    StreamConsumer first = StreamConsumer.finishing(loop, config, "a");

    assertThatThrownBy(() -> StreamConsumer.holding(loop, config, "a"))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining("consumer a of group workers reads stream " + stream)
        .hasMessageContaining("process " + ProcessHandle.current().pid());

    probe.add(stream, "x");
    eventually().until(() -> first.bodies().size() == 1);
    first.drain();
  }

  @Test
  void aLeaseThatNobodyRenewsIsWaitedFor() {
    probe.command(Command.SET, lease, "process 1", "PX", "1500");

    StreamConsumer next = StreamConsumer.finishing(loop, config, "a");

    probe.add(stream, "x");
    eventually().until(() -> next.bodies().size() == 1);
    next.drain();
  }

  @Test
  void aCleanCloseGivesTheNameBack() {
    StreamConsumer first = StreamConsumer.holding(loop, config, "a");
    assertThat(probe.command(Command.EXISTS, lease)).hasToString("1");

    first.drain();

    assertThat(probe.command(Command.EXISTS, lease)).hasToString("0");
  }

  @Test
  void whoFindsItsNameInAnothersHandsTakesNothingUntilItIsFree() {
    StreamConsumer consumer = StreamConsumer.finishing(loop, config, "a");
    probe.command(Command.SET, lease, "process 1", "PX", "60000");
    eventually().until(() -> consumer.alarms().equals(List.of("unreachable")));
    pass(SOON.multipliedBy(2)); // the read that is under way may still bring something
    StreamConsumer other = StreamConsumer.holding(loop, config, "b");
    probe.add(stream, "x");
    eventually().until(() -> other.bodies().size() == 1);
    other.each(Delivery::settle);
    other.drain();
    probe.add(stream, "y");
    pass(SOON.multipliedBy(2));
    assertThat(consumer.bodies()).isEmpty();

    probe.command(Command.DEL, lease);

    eventually().until(() -> consumer.bodies().equals(List.of("y")));
    consumer.drain();
  }
}
