package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a configuration may say of retry topics, and what comes of it. */
final class RetryTierReaderTest {
  private static final String ORDERS =
      """
        - name: orders
          source: {kafka: {topics: [orders], group: shop, start: earliest, missing-topics: wait}}
          order: unordered
          handler: {log: {}}
      """;

  @TempDir private Path folder;

  @Test
  void eachWaitHasATopicNamedAfterGroupAndPipelineAndReadByAGroupOfItsOwn() throws Exception {
    List<RetryTier> tiers = tiers("retry: {retry-topics: [1m, 10m, 1h]}");

    assertThat(tiers)
        .extracting(RetryTier::delay)
        .containsExactly(Duration.ofMinutes(1), Duration.ofMinutes(10), Duration.ofHours(1));
    assertThat(tiers)
        .extracting(tier -> tier.source().describe())
        .containsExactly("shop.orders.retry.1m", "shop.orders.retry.10m", "shop.orders.retry.1h");
    assertThat(tiers)
        .extracting(tier -> tier.destination().destination())
        .containsExactly("shop.orders.retry.1m", "shop.orders.retry.10m", "shop.orders.retry.1h");
    assertThat(tiers.get(0).source().toString()).contains("group=shop.orders.retry.1m");
    assertThat(tiers.get(0).destination().toString()).contains("missing=WAIT");
  }

  @Test
  void theNamesMayBeginOtherwise() throws Exception {
    assertThat(tiers("retry: {retry-topics: [90s], retry-topics-prefix: later-}"))
        .singleElement()
        .satisfies(tier -> assertThat(tier.source().describe()).isEqualTo("later-90s"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {overflow: move} | retry.overflow: 'move' has no tier of retries to go to
          {retry-topics: [10m, 1m]} | retry.retry-topics: are no growing waits
          {retry-topics: [1m, 60s]} | retry.retry-topics: are no growing waits
          {retry-topics: [1]} | retry.retry-topics[0]: '1' has no unit
          {retry-topics: [1m], retry-topics-prefix: a/} | is no name of a topic; allowed: 1 to 249
          """)
  void whatCannotWorkIsRefused(String retry, String mistake) throws Exception {
    assertThat(mistakes(config("retry: " + retry))).singleElement().asString().contains(mistake);
  }

  @Test
  void aTopicThatThePipelineReadsAlreadyIsRefused() throws Exception {
    String text =
        config("retry: {retry-topics: [1m]}").replace("topics: [orders]", "pattern: 'shop\\..*'");

    assertThat(mistakes(text))
        .singleElement()
        .asString()
        .contains("'shop.orders.retry.1m' is what this pipeline reads");
  }

  @Test
  void aTopicThatAnotherPipelineReadsIsRefused() throws Exception {
    String one = config("retry: {retry-topics: [1m], retry-topics-prefix: x.}");
    String other =
        ORDERS.replace("name: orders", "name: other").replace("group: shop", "group: other");

    assertThat(mistakes(one + other + "retry: {retry-topics: [1m]}".indent(4))).isEmpty();
    assertThat(mistakes(one + other.replace("topics: [orders]", "topics: [x.1m]")))
        .singleElement()
        .asString()
        .contains("'x.1m' is read by pipeline 'other', too");
    assertThat(
            mistakes(
                one + other + "retry: {retry-topics: [1m], retry-topics-prefix: x.}".indent(4)))
        .hasSize(2);
  }

  @Test
  void streamsHaveOneTierForAllWaitsInTheSlotsOfTheStreams() throws Exception {
    List<RetryTier> tiers =
        read(streams("payments, 'refunds:{eu}'", "retry-topics: [1m, 1h]"))
            .pipelines()
            .get(0)
            .retryTiers();

    assertThat(tiers)
        .extracting(RetryTier::delay)
        .containsExactly(Duration.ofMinutes(1), Duration.ofHours(1));
    assertThat(tiers).extracting(RetryTier::source).containsOnly(tiers.get(0).source());
    assertThat(tiers).extracting(RetryTier::destination).containsOnly(tiers.get(0).destination());
    assertThat(tiers.get(0).source().names())
        .containsExactly("{payments}.shop.charges.retry", "{eu}.shop.charges.retry");
    assertThat(tiers.get(0).source().toString())
        .contains("group=shop", "start=EARLIEST", "claimIdle=PT30S");
    assertThat(tiers.get(0).destination().destination())
        .isEqualTo("{payments}.shop.charges.retry, {eu}.shop.charges.retry");
  }

  @Test
  void aStreamOfATierIsReadByItsPipelineAlone() throws Exception {
    String tier = "retry-topics: [1m], retry-topics-prefix: later";
    assertThat(mistakes(streams("payments, '{payments}.later'", tier)))
        .singleElement()
        .asString()
        .contains("retry-topics-prefix: '{payments}.later' is what this pipeline reads");
    String other =
        streams("'{b}.later'", "attempts: 3")
            .replace("charges", "others")
            .replaceFirst("(?s).*pipelines:\n", "");
    assertThat(mistakes(streams("a, b", tier) + other))
        .singleElement()
        .asString()
        .contains("retry-topics: '{b}.later' is read by pipeline 'others', too");
  }

  private static String streams(String names, String retry) {
    return """
        name: worker
        pipelines:
          - name: charges
            source: {redis: {streams: [%s], group: shop, start: latest, claim-idle: 30s}}
            order: unordered
            handler: {log: {}}
            retry: {%s}
        """
        .formatted(names, retry);
  }

  @Test
  void topicsThatWouldStayEmptyAreWarnedOf() throws Exception {
    assertThat(warnings("retry: {retry-topics: [1m, 2m], attempts: 2}"))
        .singleElement()
        .asString()
        .contains("are more than the retries of 2 attempts");
    assertThat(warnings("retry: {retry-topics: [1m]}")).isEmpty();
    assertThat(warnings("retry: {retry-topics: [1m], overflow: dead-letter}", "key"))
        .anyMatch(warning -> warning.contains("stay empty: with order key"));
    assertThat(warnings("retry: {retry-topics: [1m], overflow: move}", "key")).isEmpty();
  }

  private List<RetryTier> tiers(String retry) throws Exception {
    return read(config(retry)).pipelines().get(0).retryTiers();
  }

  private static String config(String retry) {
    return "name: worker\npipelines:\n" + ORDERS.indent(0) + retry.indent(4);
  }

  private List<String> mistakes(String text) throws Exception {
    try {
      read(text);
      return List.of();
    } catch (ConfigException refused) {
      return refused.errors().stream().map(ConfigError::toString).toList();
    }
  }

  private List<String> warnings(String retry) throws Exception {
    return warnings(retry, "unordered");
  }

  private List<String> warnings(String retry, String order) throws Exception {
    String text = config(retry).replace("order: unordered", "order: " + order);
    return read(text).warnings().stream().map(ConfigError::toString).toList();
  }

  private ConfiguredPool read(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("tailrace.yaml"), text);
    ConfigInputs inputs = new ConfigInputs(List.of(file), Map.of(), List.of());
    return ConfiguredPool.read(new ConfigLoader(PoolSchema.schema()).load(inputs));
  }
}
