package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A topic that was created just now, of which the broker that is asked may not have heard yet. */
final class TopicCreationTest {
  private static final String TOPIC = "orders";

  private final Deque<RuntimeException> refusals = new ArrayDeque<>();
  private final Admin admin =
      (Admin)
          Proxy.newProxyInstance(
              Admin.class.getClassLoader(),
              new Class<?>[] {Admin.class},
              (proxy, method, arguments) -> new Described(refusals.poll()));

  @Test
  void itIsThereOnceTheBrokerShowsIt() throws Exception {
    refusals.add(new UnknownTopicOrPartitionException());
    refusals.add(new UnknownTopicOrPartitionException());

    shown(3).get();

    assertThat(refusals).isEmpty();
  }

  @Test
  void aBrokerThatDoesNotShowItIsNotAskedForEver() {
    refusals.add(new UnknownTopicOrPartitionException());
    refusals.add(new UnknownTopicOrPartitionException());

    assertThatThrownBy(() -> shown(2).get())
        .hasRootCauseInstanceOf(UnknownTopicOrPartitionException.class);
  }

  @Test
  void whoMayNotSeeItIsToldAtOnce() {
    refusals.add(new TopicAuthorizationException(TOPIC));

    assertThatThrownBy(() -> shown(2).get())
        .hasRootCauseInstanceOf(TopicAuthorizationException.class);
  }

  private CompletableFuture<Void> shown(int looks) {
    return TopicCreation.shown(admin, TOPIC, looks).toCompletionStage().toCompletableFuture();
  }

  private static final class Described extends DescribeTopicsResult {
    Described(@Nullable RuntimeException failure) {
      super(null, Map.of(TOPIC, future(failure)));
    }

    private static KafkaFuture<TopicDescription> future(@Nullable RuntimeException failure) {
      KafkaFutureImpl<TopicDescription> described = new KafkaFutureImpl<>();
      if (failure == null) {
        described.complete(new TopicDescription(TOPIC, false, List.of()));
      } else {
        described.completeExceptionally(failure);
      }
      return described;
    }
  }
}
