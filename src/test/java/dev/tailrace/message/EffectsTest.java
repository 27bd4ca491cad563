package dev.tailrace.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class EffectsTest {
  @Test
  void theyAreCommandsOfWordsInOrder() {
    Buffer bytes = Buffer.buffer(new byte[] {0, -1});

    Effects effects = Effects.of("HINCRBY", "stock", bytes, -1).and("SADD", "done", 7L);

    assertThat(effects.commands())
        .containsExactly(
            List.of(Buffer.buffer("HINCRBY"), Buffer.buffer("stock"), bytes, Buffer.buffer("-1")),
            List.of(Buffer.buffer("SADD"), Buffer.buffer("done"), Buffer.buffer("7")));
    assertThat(Outcome.done(effects).kind()).isEqualTo(Outcome.Kind.DONE);
  }

  @Test
  void whatIsNoWordOfACommandIsRefused() {
    assertThatThrownBy(() -> Effects.of("SET", "k", 1.5)).hasMessageContaining("java.lang.Double");
    assertThatThrownBy(() -> Effects.of(" ")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Effects.of("SADD", new Object[Effects.MOST]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void laterChangesOfABufferAreNotSeen() {
    Buffer bytes = Buffer.buffer("a");
    Effects effects = Effects.of("GET", bytes);

    bytes.appendString("b");

    assertThat(effects.commands().get(0).get(1)).isEqualTo(Buffer.buffer("a"));
  }
}
