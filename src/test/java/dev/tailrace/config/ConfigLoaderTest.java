package dev.tailrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {

  private final Path folder;

  ConfigLoaderTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void aMinimalConfigurationIsReadWithItsDefaults() throws ConfigException {
    ConfigSection root = sample(SampleConfig.MINIMAL).load().root();

    assertThat(root.text("name")).isEqualTo("orders-worker");
    assertThat(root.optionalText("instance")).isEmpty();
    assertThat(root.texts("plugins")).containsExactly("plugins");
    assertThat(root.section("drain").duration("deadline")).isEqualTo(Duration.ofSeconds(25));
    assertThat(root.section("drain").durationOrAuto("soft")).isEmpty();
    ConfigSection orders = root.sections("pipelines").get(0);
    assertThat(orders.oneOf("source").type()).isEqualTo("kafka");
    assertThat(orders.oneOf("source").section().texts("topics")).containsExactly("orders");
    assertThat(orders.section("buffer").size("bytes")).isEqualTo(64L << 20);
    assertThat(orders.optionalOneOf("dead-letter")).isEmpty();
  }

  private SampleConfig sample(String yaml) {
    return new SampleConfig(folder).file("tailrace.yaml", yaml);
  }
}
