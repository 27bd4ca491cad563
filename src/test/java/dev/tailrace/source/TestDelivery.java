package dev.tailrace.source;

import dev.tailrace.message.Message;
import java.util.function.Consumer;

/**
 * A delivery as tests write it down.
 *
 * @param settling told of the message when it is settled
 * @param releasing told of the message when it goes back
 */
public record TestDelivery(
    Message message,
    Partition partition,
    int bytes,
    boolean finishedBefore,
    Consumer<Message> settling,
    Consumer<Message> releasing)
    implements Delivery {

  /** A byte of the first epoch of its message's partition, neither settled nor released here. */
  public static TestDelivery of(Message message) {
    return new TestDelivery(
        message,
        new Partition(message.origin().source(), 1),
        1,
        false,
        settled -> refuse("settling"),
        released -> refuse("releasing"));
  }

  /** This one with somebody to tell how it ends. */
  public TestDelivery ending(Consumer<Message> settled, Consumer<Message> released) {
    return new TestDelivery(message, partition, bytes, finishedBefore, settled, released);
  }

  /** This one as part of another partition or epoch. */
  public TestDelivery in(Partition other) {
    return new TestDelivery(message, other, bytes, finishedBefore, settling, releasing);
  }

  /** This one with another weight. */
  public TestDelivery weighing(int other) {
    return new TestDelivery(message, partition, other, finishedBefore, settling, releasing);
  }

  /** This one as finished in an epoch before. */
  public TestDelivery finishedInAnEpochBefore() {
    return new TestDelivery(message, partition, bytes, true, settling, releasing);
  }

  @Override
  public int deliveries() {
    return 1;
  }

  @Override
  public void settle() {
    settling.accept(message);
  }

  @Override
  public void release() {
    releasing.accept(message);
  }

  private static void refuse(String what) {
    throw new AssertionError(what + " is the dispatcher's");
  }
}
