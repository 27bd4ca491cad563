package dev.tailrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Headers;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every sink promises. Each sink's test extends this and says how its sink is called and what
 * its destination holds; each test method finds a destination of its own, empty and with one
 * partition.
 */
public abstract class SinkContract {
  /** Calls an operation of the open sink under test on its loop and waits for the result. */
  protected abstract <T> T call(Function<Sink, Future<T>> operation);

  /** All that the destination holds, in its order. */
  protected abstract List<OutgoingMessage> arrived();

  /**
   * Whether the destination tells a null key or body from an empty one; where it does not, null may
   * come back as empty.
   */
  protected boolean keepsNull() {
    return true;
  }

  @Test
  protected void keyBodyAndHeadersArriveAsTheyWere() {
    byte[] bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    Headers headers =
        Headers.empty()
            .with("b", "1")
            .with("a", Buffer.buffer(bytes))
            .with("empty", Buffer.buffer());
    OutgoingMessage message =
        new OutgoingMessage(Buffer.buffer(bytes), Buffer.buffer(bytes), headers);

    send(message);

    assertThat(arrived()).containsExactly(message);
  }

  @Test
  protected void nothingIsNotMadeOutOfNull() {
    OutgoingMessage tombstone = new OutgoingMessage(Buffer.buffer("k"), null, Headers.empty());
    OutgoingMessage keyless = new OutgoingMessage(null, Buffer.buffer(), Headers.empty());

    send(tombstone, keyless);

    List<OutgoingMessage> arrived = arrived();
    assertThat(arrived).hasSize(2);
    if (keepsNull()) {
      assertThat(arrived).containsExactly(tombstone, keyless);
    } else {
      assertThat(length(arrived.get(0).body())).isZero();
      assertThat(length(arrived.get(1).key())).isZero();
      assertThat(length(arrived.get(1).body())).isZero();
    }
  }

  @Test
  protected void repliesComeInTheOrderOfTheMessagesAndNameTheirPositions() {
    OutgoingMessage[] messages = new OutgoingMessage[200];
    for (int i = 0; i < messages.length; i++) {
      messages[i] = message("body-" + i);
    }

    List<Reply<Sink.Sent>> replies = send(messages);

    assertThat(replies).hasSize(messages.length).allMatch(Reply::isOk);
    Set<String> positions = new HashSet<>();
    replies.forEach(reply -> positions.add(((Reply.Ok<Sink.Sent>) reply).value().position()));
    assertThat(positions).hasSize(messages.length);
    assertThat(arrived()).containsExactly(messages);
  }

  @Test
  protected void anAcknowledgedMessageIsThere() {
    for (int i = 0; i < 10; i++) {
      send(message("body-" + i));
      assertThat(arrived()).hasSize(i + 1);
    }
  }

  @Test
  protected void aMessageOfTenMebibytesArrives() {
    OutgoingMessage big =
        new OutgoingMessage(null, Buffer.buffer(new byte[10 << 20]), Headers.empty());
    OutgoingMessage small = message("small");

    assertThat(send(big, small)).allMatch(Reply::isOk);
    assertThat(arrived()).extracting(each -> length(each.body())).containsExactly(10 << 20, 5);
  }

  @Test
  protected void anEmptyListIsAnsweredWithAnEmptyList() {
    assertThat(send()).isEmpty();
  }

  @Test
  protected void theDestinationHasAName() {
    List<String> name = new ArrayList<>();
    call(
        sink -> {
          name.add(sink.destination());
          return Future.succeededFuture(true);
        });
    assertThat(name.get(0)).isNotBlank();
  }

  @Test
  protected void closingTwiceIsFine() {
    call(sink -> sink.close().map(true));
    call(sink -> sink.close().map(true));
  }

  private List<Reply<Sink.Sent>> send(OutgoingMessage... messages) {
    return call(sink -> sink.send(List.of(messages)));
  }

  private static OutgoingMessage message(String body) {
    return new OutgoingMessage(null, Buffer.buffer(body), Headers.empty());
  }

  private static int length(@Nullable Buffer buffer) {
    return buffer == null ? 0 : buffer.length();
  }
}
