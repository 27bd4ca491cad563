package dev.tailrace.redis.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.config.ConfigSchema;
import dev.tailrace.config.ExtensionPoint;
import dev.tailrace.config.Fragment;
import dev.tailrace.config.ObjectSchema;
import dev.tailrace.local.TestCertificates;
import dev.tailrace.local.TestCertificates.Identity;
import io.vertx.redis.client.RedisOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the configuration says of servers is read, and what it says wrongly is refused by name. */
class RedisConfigTest {
  @TempDir Path folder;

  @Test
  void sentinelsAreReadWithTheirOwnUsers() throws Exception {
    RedisConfig config =
        read(
            "redis: {sentinel: {master: orders, urls: ['rediss://s:pw@one', 'rediss://two:7000']},"
                + " user: me, password: secret}");

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
    assertRefused("redis: {sentinel: {" + urls + "}}", "redis.sentinel.master");
    assertRefused("redis: {sentinel: {master: x}}", "redis.sentinel.urls", "missing");
    assertRefused(
        "redis: {url: 'redis://x', sentinel: {master: x, " + urls + "}}",
        "redis.url",
        "beside sentinels");
    assertRefused("redis: {sentinel: {master: x, urls: ['redis://a/3']}}", "no databases");
    assertRefused("redis: {sentinel: {master: x, urls: ['redis://a', 'rediss://b']}}", "TLS");
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
                .formatted(folder));

    RedisOptions options = config.options("rediss://there");
    assertThat(options.getNetClientOptions().getTrustOptions()).isNotNull();
    assertThat(options.getNetClientOptions().getKeyCertOptions()).isNotNull();
    assertThat(config.toString() + config.tls()).doesNotContain("BEGIN");
  }

  @Test
  void mistakesAboutTlsAreNamed() {
    assertRefused("redis: {tls: {ca: x}}", "redis.tls.ca", "no use");
    String secure = "url: 'rediss://a'";
    assertRefused("redis: {" + secure + ", tls: {ca: x}}", "redis.tls.ca", "certificate");
    assertRefused("redis: {" + secure + ", tls: {key: x}}", "redis.tls.certificate", "PKCS8");
  }

  @Test
  void aClusterIsRead() throws Exception {
    String cluster =
        "redis: {cluster: {urls: ['redis://one', 'redis://two:7000']}, user: me, password: secret}";

    RedisConfig config = read(cluster);

    assertThat(config.servers())
        .isEqualTo(RedisServers.cluster(List.of("redis://one", "redis://two:7000")));
    assertThat(config.toString()).isEqualTo("redis cluster (one:6379, two:7000)");
    RedisConfig node = config.node("redis://three:7001");
    assertThat(node.options("redis://three:7001").getUser()).isEqualTo("me");
    assertThat(node.options("redis://three:7001").getPassword()).isEqualTo("secret");
  }

  @Test
  void mistakesAboutClustersAreNamed() {
    String urls = "cluster: {urls: ['redis://a']}";
    assertRefused("redis: {url: 'redis://x', " + urls + "}", "redis.url", "a cluster");
    assertRefused(
        "redis: {sentinel: {master: m, urls: ['redis://b']}, " + urls + "}",
        "redis.cluster",
        "beside sentinels");
    assertRefused("redis: {cluster: {urls: ['redis://a/3']}}", "urls", "no databases");
    assertRefused("redis: {cluster: {urls: ['redis://u:p@a']}}", "urls", "keys of their own");
    assertRefused("redis: {cluster: {urls: ['redis://a', 'rediss://b']}}", "urls", "TLS");
  }

  @Test
  void mistakesAboutTheAddressAreNamed() {
    assertRefused("redis: {url: 'http://x'}", "redis.url", "redis:// or rediss://");
    assertRefused("redis: {url: 'redis://x/y'}", "redis.url", "database");
  }

  @Test
  void nothingPrintsThePassword() {
    RedisConfig config =
        new RedisConfig("redis://:inside@there:7000", "secret", Duration.ofSeconds(1));

    assertThat(config.toString()).isEqualTo("redis there:7000");
  }

  @Test
  void addressesAreCheckedWithoutBeingShown() {
    assertThat(RedisConfig.of("redis://[::1]:7000/1").address()).isEqualTo("[::1]:7000");
    assertThat(RedisConfig.of("redis://there").address()).isEqualTo("there:6379");
    assertThatThrownBy(() -> RedisConfig.of("://secret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret");
  }

  private void assertRefused(String section, String... words) {
    assertThatThrownBy(() -> read(section))
        .isInstanceOf(ConfigException.class)
        .hasMessageContainingAll(words);
  }

  private RedisConfig read(String section) throws ConfigException, IOException {
    Path file = folder.resolve("tailrace.yaml");
    Files.writeString(
        file,
        """
        name: worker
        %s
        pipelines:
          - name: payments
            source: {nothing: {}}
            handler: {nothing: {}}
        """
            .formatted(section));
    Fragment nothing = new Fragment("nothing", ObjectSchema.builder().build());
    ConfigSchema schema =
        ConfigSchema.builder()
            .section(RedisConfig.fragment())
            .extension(ExtensionPoint.SOURCE, nothing)
            .extension(ExtensionPoint.HANDLER, nothing)
            .build();
    ConfigInputs inputs = new ConfigInputs(List.of(file), Map.of(), List.of());
    return RedisConfig.read(new ConfigLoader(schema).load(inputs).root());
  }
}
