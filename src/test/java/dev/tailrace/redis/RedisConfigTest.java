package dev.tailrace.redis;

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
import dev.tailrace.local.TestCertificates;
import dev.tailrace.local.TestCertificates.Identity;
import dev.tailrace.source.Until;
import io.vertx.redis.client.RedisOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the configuration says of Redis is read, and what it says wrongly is refused by name. */
class RedisConfigTest {
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
  void sentinelsAreReadWithTheirOwnUsers() throws Exception {
    RedisConfig config =
        read(
                "redis: {sentinel: {master: orders, urls: ['rediss://s:pw@one', 'rediss://two:7000']},"
                    + " user: me, password: secret}",
                minimal())
            .redis();

    List<String> urls = List.of("rediss://s:pw@one", "rediss://two:7000");
    assertThat(config)
        .isEqualTo(
            new RedisConfig(
                RedisServers.sentinels("orders", urls), "me", "secret", Duration.ofSeconds(2)));
    assertThat(config.toString()).isEqualTo("redis orders (sentinels one:26379, two:7000)");
    assertThat(config.sentinelOptions(urls.get(0)).getEndpoint())
        .isEqualTo("rediss://s:pw@one:26379");
    assertThat(config.sentinelOptions(urls.get(0)).getPassword()).isEqualTo("pw");
    assertThat(config.sentinelOptions(urls.get(1)).getPassword()).isNull();
    String found = config.servers().url("::1", 6379);
    assertThat(found).isEqualTo("rediss://[::1]:6379");
    assertThat(config.options(found).getUser()).isEqualTo("me");
    assertThat(config.options(found).getPassword()).isEqualTo("secret");
    assertThat(config.options(found).getNetClientOptions().isSsl()).isTrue();
  }

  @Test
  void mistakesAboutSentinelsAreNamed() {
    String urls = "urls: ['redis://a']";
    assertRefused("redis: {sentinel: {" + urls + "}}", minimal(), "redis.sentinel.master");
    assertRefused("redis: {sentinel: {master: x}}", minimal(), "redis.sentinel.urls", "missing");
    assertRefused(
        "redis: {url: 'redis://x', sentinel: {master: x, " + urls + "}}",
        minimal(),
        "redis.url",
        "beside sentinels");
    assertRefused(
        "redis: {sentinel: {master: x, urls: ['redis://a/3']}}", minimal(), "no databases");
    assertRefused(
        "redis: {sentinel: {master: x, urls: ['redis://a', 'rediss://b']}}", minimal(), "TLS");
  }

  @Test
  void whatTlsNeedsIsReadAndNotPrinted() throws Exception {
    TestCertificates certificates = new TestCertificates(folder, "ca");
    Identity identity = certificates.issue("us");
    Files.writeString(folder.resolve("trusted.pem"), certificates.authority());
    Files.writeString(folder.resolve("us.crt"), identity.chain());
    Files.writeString(folder.resolve("us.key"), identity.key());

    RedisConfig config =
        read(
                "redis: {url: 'rediss://there', tls: {ca: '${file:%1$s/trusted.pem}', certificate: '${file:%1$s/us.crt}', key: '${file:%1$s/us.key}'}}"
                    .formatted(folder),
                minimal())
            .redis();

    RedisOptions options = config.options("rediss://there");
    assertThat(options.getNetClientOptions().getTrustOptions()).isNotNull();
    assertThat(options.getNetClientOptions().getKeyCertOptions()).isNotNull();
    assertThat(config.toString() + config.tls()).doesNotContain("BEGIN");
  }

  @Test
  void mistakesAboutTlsAreNamed() {
    assertRefused("redis: {tls: {ca: x}}", minimal(), "redis.tls.ca", "no use");
    String secure = "url: 'rediss://a'";
    assertRefused(
        "redis: {" + secure + ", tls: {ca: x}}", minimal(), "redis.tls.ca", "certificate");
    assertRefused(
        "redis: {" + secure + ", tls: {key: x}}", minimal(), "redis.tls.certificate", "PKCS8");
  }

  @Test
  void aClusterIsRead() throws Exception {
    String cluster =
        "redis: {cluster: {urls: ['redis://one', 'redis://two:7000']}, user: me, password: secret}";

    RedisConfig config = RedisConfig.read(load(cluster, minimal()));

    assertThat(config.servers())
        .isEqualTo(RedisServers.cluster(List.of("redis://one", "redis://two:7000")));
    assertThat(config.toString()).isEqualTo("redis cluster (one:6379, two:7000)");
    RedisConfig node = config.node("redis://three:7001");
    assertThat(node.options("redis://three:7001").getUser()).isEqualTo("me");
    assertThat(node.options("redis://three:7001").getPassword()).isEqualTo("secret");
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
  void mistakesAboutClustersAreNamed() {
    String urls = "cluster: {urls: ['redis://a']}";
    assertRefused("redis: {url: 'redis://x', " + urls + "}", minimal(), "redis.url", "a cluster");
    assertRefused(
        "redis: {sentinel: {master: m, urls: ['redis://b']}, " + urls + "}",
        minimal(),
        "redis.cluster",
        "beside sentinels");
    assertRefused("redis: {cluster: {urls: ['redis://a/3']}}", minimal(), "urls", "no databases");
    assertRefused(
        "redis: {cluster: {urls: ['redis://u:p@a']}}", minimal(), "urls", "keys of their own");
    assertRefused(
        "redis: {cluster: {urls: ['redis://a', 'rediss://b']}}", minimal(), "urls", "TLS");
  }

  @Test
  void nothingPrintsThePassword() {
    RedisConfig config =
        new RedisConfig("redis://:inside@there:7000", "secret", Duration.ofSeconds(1));

    assertThat(config.toString()).isEqualTo("redis there:7000");
    assertThat(new RedisSinkFactory(config, "s").toString()).doesNotContain("secret", "inside");
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
    assertRefused("redis: {url: 'http://x'}", minimal(), "redis.url", "redis:// or rediss://");
    assertRefused("redis: {url: 'redis://x/y'}", minimal(), "redis.url", "database");
    assertRefused("", "streams: [a, a], group: g, start: latest", "streams", "twice");
    assertRefused(
        "", "streams: [a], group: g, start: latest, fields: {key: value}", "fields", "different");
    assertRefused("", "streams: [a], group: g", "start");
    assertRefused("", "streams: [], group: g, start: latest", "streams");
  }

  @Test
  void addressesAreCheckedWithoutBeingShown() {
    assertThat(RedisConfig.of("redis://[::1]:7000/1").address()).isEqualTo("[::1]:7000");
    assertThat(RedisConfig.of("redis://there").address()).isEqualTo("there:6379");
    assertThatThrownBy(() -> RedisConfig.of("://secret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret");
  }

  private static String minimal() {
    return "streams: [a], group: g, start: latest";
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
