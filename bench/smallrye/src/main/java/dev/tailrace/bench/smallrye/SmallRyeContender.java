package dev.tailrace.bench.smallrye;

import dev.tailrace.bench.frame.Contender;
import dev.tailrace.bench.frame.Setting;
import dev.tailrace.bench.frame.Work;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.weld.environment.se.Weld;
import org.jboss.weld.environment.se.WeldContainer;

/**
 * A channel as its guide has it, with the strategy of commits that it has by default, {@code
 * throttled}: each message is acknowledged by itself, and the lowest position below which all are
 * is committed every 5 s. Work that takes its time is merged, as many at once as are allowed, in no
 * order.
 */
public final class SmallRyeContender implements Contender {
  static final String CHANNEL = "bench";

  private final Weld weld = new Weld().addBeanClass(Inbox.class);

  @Override
  public void start(Setting setting, Work work) {
    configure("connector", "smallrye-kafka");
    configure("topic", setting.get("topic"));
    setting.consumer().forEach((key, value) -> configure(key, value.toString()));
    WeldContainer container = weld.initialize();
    Multi<Message<byte[]>> messages =
        container
            .select(Inbox.class)
            .get()
            .messages()
            .onItem()
            .invoke(message -> look(message, work));
    if (setting.workMillis() > 0) {
      Duration took = Duration.ofMillis(setting.workMillis());
      messages =
          messages
              .onItem()
              .transformToUni(message -> Uni.createFrom().item(message).onItem().delayIt().by(took))
              .merge(setting.concurrency());
    }
    messages
        .onItem()
        .invoke(any -> work.done())
        .subscribe()
        .with(message -> message.ack().toCompletableFuture());
  }

  private static void configure(String key, String value) {
    System.setProperty("mp.messaging.incoming." + CHANNEL + "." + key, value);
  }

  private static void look(Message<byte[]> message, Work work) {
    if (work.isWatching()) {
      work.look(ByteBuffer.wrap(message.getPayload()));
    }
  }

  @Override
  public void stop() {
    weld.shutdown();
  }
}
