package dev.tailrace.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class EventWriterTest {
  @Test
  @Timeout(60)
  void theFirstLineIsWrittenAtOnce() throws Exception {
    CompletableFuture<String> written = new CompletableFuture<>();
    EventWriter writer = new EventWriter(telling(written), TimeUnit.HOURS.toMillis(1));
    Thread thread = new Thread(writer, "event-log");
    thread.setDaemon(true);
    thread.start();

    writer.append((json, seq) -> json.writeNumberField("seq", seq), false);

    assertThat(written.get()).isEqualTo("{\"seq\":1}\n");
    writer.close();
    thread.join();
  }

  private static LineFile telling(CompletableFuture<String> written) {
    return new LineFile() {
      @Override
      public void write(byte[] bytes, int length) {
        written.complete(new String(bytes, 0, length, StandardCharsets.US_ASCII));
      }

      @Override
      public void sync() {}

      @Override
      public void close() {}
    };
  }
}
