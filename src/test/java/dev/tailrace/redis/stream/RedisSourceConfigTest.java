package dev.tailrace.redis.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.config.ConfigSchema;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.EffectiveConfig;
import dev.tailrace.config.ExtensionPoint;
import dev.tailrace.config.Fragment;
import dev.tailrace.config.ObjectSchema;
import dev.tailrace.redis.link.HashSlot;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.source.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the configuration says of streams is read, and what it says wrongly is refused by name. */
class RedisSourceConfigTest {
  private static final RedisSourceType SOURCE = new RedisSourceType();

  @TempDir Path folder;

  @Test
  void defaultsAreThoseOfTheReference() throws Exception {
    RedisSourceConfig config = read("", "streams: [payments], group: g, start: earliest");

    assertThat(config)
        .isEqualTo(RedisSourceConfig.of("redis://localhost:6379", "g", "payments"))
        .isEqualTo(
            new RedisSourceConfig(
                new RedisConfig("redis://localhost:6379", null, Duration.ofSeconds(2)),
                List.of("payments"),
                "g",
                RedisSourceConfig.Start.EARLIEST,
                new FieldMapping("key", "value", "h."),
                Duration.ofSeconds(60)));
  }

  @Test
  void everyKeyIsRead() throws Exception {
    RedisSourceConfig config =
        read(
            "redis: {url: 'rediss://me@there:7000/3', password: secret, timeout: 5s}",
            "streams: [a, b], group: g, start: latest, claim-idle: 9s, trim: acknowledged,"
                + " until: end,"
                + " fields: {key: k, value: v, headers: x-}");

    assertThat(config)
        .isEqualTo(
            new RedisSourceConfig(
                new RedisConfig("rediss://me@there:7000/3", "secret", Duration.ofSeconds(5)),
                List.of("a", "b"),
                "g",
                RedisSourceConfig.Start.LATEST,
                new FieldMapping("k", "v", "x-"),
                Duration.ofSeconds(9),
                RedisSourceConfig.Trim.ACKNOWLEDGED,
                null,
                Until.END));
    assertThat(config.describe()).isEqualTo("a, b");
  }

  @Test
  void inAClusterAStreamIsRefusedBesideWhichNothingCanBeKept() throws Exception {
    String cluster = "redis: {cluster: {urls: ['redis://one']}}";
    for (String name : List.of("pay}ments", "pay{}ments", "}{")) {
      String source = "streams: ['" + name + "'], group: g, start: latest";
      assertRefused(cluster, source, "streams", "closing brace", "hash tag");
      assertThat(read("", source).streams()).containsExactly(name);
    }
    for (String name : List.of("payments", "pay{ments", "pay-{eu}", "{eu}.pay}")) {
      String source = "streams: ['" + name + "'], group: g, start: latest";
      assertThat(read(cluster, source).streams()).containsExactly(name);
      assertThat(HashSlot.of(StreamKeys.beside(name, "g:a"))).isEqualTo(HashSlot.of(name));
    }
  }

  @Test
  void shardsTakeThePlaceOfStreams() throws Exception {
    RedisSourceConfig config =
        read("", "shards: {prefix: pay, count: 3, lease: 4s}, group: g, start: earliest");

    assertThat(config.shards()).isEqualTo(new Shards("pay", 3, Duration.ofSeconds(4)));
    assertThat(config.streams()).containsExactly("pay:0", "pay:1", "pay:2");
    assertThat(config.describe()).isEqualTo("pay:0-2");
    assertThat(config.limits().idleMillis()).isEqualTo(4_000);
    assertRefused(
        "", "streams: [a], shards: {prefix: p, count: 2}, group: g, start: latest", "exactly one");
    assertRefused("", "shards: {prefix: p}, group: g, start: latest", "shards.count");
    assertRefused("", "shards: {count: 2}, group: g, start: latest", "shards.prefix");
    assertRefused("", "shards: {prefix: 'a{b}', count: 2}, group: g, start: latest", "braces");
    assertRefused("", "shards: {prefix: p, count: 0}, group: g, start: latest", "shards.count");
  }

  @Test
  void mistakesAreNamedWithTheirKeys() {
    assertRefused("", "streams: [a, a], group: g, start: latest", "streams", "twice");
    assertRefused(
        "", "streams: [a], group: g, start: latest, fields: {key: value}", "fields", "different");
    assertRefused("", "streams: [a], group: g", "start");
    assertRefused("", "streams: [], group: g, start: latest", "streams");
  }

  private void assertRefused(String root, String source, String... words) {
    assertThatThrownBy(() -> read(root, source))
        .isInstanceOf(ConfigException.class)
        .hasMessageContainingAll(words);
  }

  private RedisSourceConfig read(String root, String source) throws ConfigException, IOException {
    ConfigSection all = load(root, source);
    ConfigSection pipeline = all.sections("pipelines").get(0);
    return SOURCE.read(pipeline.oneOf("source").section(), all);
  }

  private ConfigSection load(String root, String source) throws ConfigException, IOException {
    Path file = folder.resolve("tailrace.yaml");
    Files.writeString(
        file,
        """
        name: worker
        %s
        pipelines:
          - name: payments
            source: {redis: {%s}}
            handler: {log: {}}
        """
            .formatted(root, source));
    ConfigSchema schema =
        ConfigSchema.builder()
            .section(RedisConfig.fragment())
            .extension(ExtensionPoint.SOURCE, SOURCE.fragment())
            .extension(ExtensionPoint.HANDLER, new Fragment("log", ObjectSchema.builder().build()))
            .build();
    EffectiveConfig config =
        new ConfigLoader(schema).load(new ConfigInputs(List.of(file), Map.of(), List.of()));
    return config.root();
  }
}
