package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.junit.jupiter.api.Test;

/** What the stream must not call. */
class PollOnlyConsumerTest {
  private static final Set<String> USED = Set.of("poll", "wakeup", "close", "subscribe", "metrics");

  private final ControlledConsumer consumer =
      new ControlledConsumer(
          new WakeableConsumer(),
          KafkaSourceConfig.of("localhost:1", "group", "orders"),
          Runnable::run,
          new IgnoredEvents(),
          new PollAhead(Runnable::run, any -> {}));

  @Test
  void allElseOfTheClientIsRefused() {
    for (Method method : Consumer.class.getMethods()) {
      boolean plainClose = method.getName().equals("close") && method.getParameterCount() == 0;
      if (plainClose || (USED.contains(method.getName()) && !isRefused(method))) {
        continue;
      }
      Object[] arguments = new Object[method.getParameterCount()];
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] = method.getParameterTypes()[i] == long.class ? 0L : null;
      }
      assertThatThrownBy(() -> invoke(method, arguments))
          .as(method.toString())
          .isInstanceOf(UnsupportedOperationException.class);
    }
  }

  /** Of the allowed names, the forms that the stream does not use. */
  private static boolean isRefused(Method method) {
    boolean listened =
        method.getParameterCount() == 2
            && !method.getParameterTypes()[0].getSimpleName().equals("SubscriptionPattern");
    return switch (method.getName()) {
      case "close" -> true;
      case "subscribe" -> !listened;
      default -> false;
    };
  }

  private void invoke(Method method, Object[] arguments) throws Throwable {
    try {
      method.invoke(consumer, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }
}
