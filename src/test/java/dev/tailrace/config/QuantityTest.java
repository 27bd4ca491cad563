package dev.tailrace.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {

  @ParameterizedTest
  @CsvSource({
    "250ms,250",
    "10s,10000",
    "2m,120000",
    "3h,10800000",
    "7d,604800000",
    "0s,0",
    "0d,0",
    "007s,7000"
  })
  void durationsAreReadInMilliseconds(String text, long millis) {
    assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({"1KiB,1024", "64MiB,67108864", "2GiB,2147483648", "0MiB,0"})
  void sizesAreReadInBytes(String text, long bytes) {
    assertThat(Sizes.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10",
        "s",
        "-1s",
        "1.5s",
        "10 s",
        "10S",
        "1w",
        "99999999999999d",
        "999999999999d",
        "3651d",
        "10s\n",
        "١s"
      })
  void whatIsNoDurationIsRefusedWithWhatIs(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "' is not a duration such as 10s");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "64", "64MB", "64mib", "1.5GiB", "999999999999GiB"})
  void whatIsNoSizeIsRefusedWithWhatIs(String text) {
    assertThatThrownBy(() -> Sizes.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "' is not a size such as 64MiB");
  }

  @ParameterizedTest
  @CsvSource({
    "0,0s",
    "1,1ms",
    "1500,1500ms",
    "1000,1s",
    "60000,60s",
    "120000,2m",
    "86400000,24h",
    "604800000,7d"
  })
  void durationsPrintInTheLargestWholeUnit(long millis, String text) {
    assertThat(Durations.print(Duration.ofMillis(millis))).isEqualTo(text);
  }

  @Test
  void whatIsPrintedReadsBackTheSame() {
    var random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      var duration = Duration.ofMillis(random.nextLong(Quantity.DURATION.ceiling()));
      long bytes = random.nextLong(Quantity.SIZE.ceiling() >> 10) << 10;

      assertThat(Durations.parse(Durations.print(duration))).isEqualTo(duration);
      assertThat(Sizes.parse(Sizes.print(bytes))).isEqualTo(bytes);
    }
  }
}
