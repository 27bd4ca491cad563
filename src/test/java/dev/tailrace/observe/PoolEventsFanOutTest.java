package dev.tailrace.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Fence;
import io.opentelemetry.api.OpenTelemetry;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every reader hears every event, whatever the others do. */
final class PoolEventsFanOutTest {
  @Test
  void everyKindOfEventReachesEveryReaderInOrder() throws Exception {
    List<String> heard = new ArrayList<>();
    PoolEvents fanOut =
        new PoolEventsFanOut(List.of(recorder("first", heard), recorder("second", heard)));
    List<String> expected = new ArrayList<>();

    heard.clear(); // both were asked for what handlers run in
    for (Method event : PoolEvents.class.getMethods()) {
      if (event.getReturnType() != void.class) {
        continue; // no event
      }
      Object[] arguments = Arrays.stream(event.getParameterTypes()).map(this::sample).toArray();
      event.invoke(fanOut, arguments);
      expected.add("first " + event.getName() + Arrays.toString(arguments));
      expected.add("second " + event.getName() + Arrays.toString(arguments));
    }

    assertThat(heard).isEqualTo(expected).hasSizeGreaterThan(40);
  }

  @Test
  void aReaderThatThrowsKeepsNothingFromTheOthersOrThePool() {
    List<String> heard = new ArrayList<>();
    PoolEvents broken =
        new PoolEvents() {
          @Override
          public void drainEnd(String result) {
            throw new IllegalStateException("broken reader");
          }
        };
    PoolEvents fanOut = new PoolEventsFanOut(List.of(broken, recorder("second", heard)));

    heard.clear();
    fanOut.drainEnd("clean");

    assertThat(heard).containsExactly("second drainEnd[clean]");
  }

  @Test
  void handlersRunInWhatTheFirstReaderAsksForThatAsks() {
    MessageSpans first = new MessageSpans(OpenTelemetry.noop());
    MessageSpans second = new MessageSpans(OpenTelemetry.noop());

    assertThat(new PoolEventsFanOut(List.of(new PoolEvents() {}, first, second)).calls())
        .isSameAs(first);
    assertThat(new PoolEventsFanOut(List.of(new PoolEvents() {})).calls()).isNull();
  }

  private static PoolEvents recorder(String name, List<String> heard) {
    return (PoolEvents)
        Proxy.newProxyInstance(
            PoolEvents.class.getClassLoader(),
            new Class<?>[] {PoolEvents.class},
            (proxy, method, arguments) -> {
              heard.add(name + " " + method.getName() + Arrays.toString(arguments));
              return null;
            });
  }

  private Object sample(Class<?> type) {
    if (type == String.class) {
      return "text";
    } else if (type == int.class) {
      return 7;
    } else if (type == boolean.class) {
      return true;
    } else if (type == long.class) {
      return 9L;
    } else if (type == Duration.class) {
      return Duration.ofMillis(3);
    } else if (type == Finish.class) {
      return Finish.DONE;
    } else if (type == Alarm.class) {
      return Alarm.STUCK;
    } else if (type == Fence.class) {
      return new Fence("k", "c-1", 9);
    }
    return SampleSubject.of("orders/1", 3, "k");
  }
}
