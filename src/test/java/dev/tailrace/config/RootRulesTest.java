package dev.tailrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootRulesTest {

  private final Path folder;

  RootRulesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void aStoreNeedsAKey() {
    assertThat(mistakes("    idempotency: {store: redis}"))
        .containsExactly(
            "error: tailrace.yaml:10:18: pipelines.orders.idempotency.key: is missing, and a store"
                + " needs it; allowed: header:NAME, cloudevents, json:/POINTER, record-key or"
                + " position");
    assertThat(mistakes("    idempotency: {store: redis, key: 'header:id'}")).isEmpty();
  }

  @Test
  void theTimesOfTheDrainFitIntoEachOther() {
    assertThat(mistakes("drain: {deadline: 20s, tail: 11s, soft: 21s}"))
        .containsExactly(
            "error: tailrace.yaml:10:30: drain.tail: '11s' is more than half of drain.deadline;"
                + " allowed: auto or at most 10s",
            "error: tailrace.yaml:10:41: drain.soft: '21s' is more than drain.deadline; allowed:"
                + " auto or at most 20s");
  }

  @Test
  void aBackoffBeyondItsMaximumIsRefused() {
    assertThat(mistakes("    retry: {backoff: 1m}"))
        .containsExactly(
            "error: tailrace.yaml:10:22: pipelines.orders.retry.backoff: '60s' is more than"
                + " max-backoff; allowed: at most 30s");
  }

  @Test
  void adminOnlyListensOnLoopbackUntilItHasTls() {
    assertThat(mistakes("admin: {host: 0.0.0.0}"))
        .containsExactly(
            "error: tailrace.yaml:10:15: admin.host: '0.0.0.0' needs TLS, which is not yet built;"
                + " allowed: 127.0.0.1, localhost or ::1");
  }

  @Test
  void twoServersNeedTwoPorts() {
    assertThat(mistakes("probes: {port: 9465}"))
        .containsExactly(
            "error: tailrace.yaml:10:16: probes.port: '9465' is the port of admin, too; allowed: a"
                + " port of its own");
    assertThat(mistakes("probes: {port: 0}\nadmin: {port: 0}")).isEmpty();
  }

  @Test
  void aTimeoutThatADrainCannotWaitForIsWarnedAbout() throws ConfigException {
    EffectiveConfig config = sample("    timeout: 30s").load();

    assertThat(config.warnings())
        .extracting(warning -> warning.toString().replace(folder + "/", ""))
        .containsExactly(
            "warning: tailrace.yaml:10:14: pipelines.orders.timeout: '30s' is more than a drain"
                + " leaves for work; advised: at most 20s, which is drain.deadline less tail");
    assertThat(sample("    timeout: 20s").load().warnings()).isEmpty();
  }

  private List<String> mistakes(String more) {
    return sample(more).mistakes();
  }

  private SampleConfig sample(String more) {
    return new SampleConfig(folder).file("tailrace.yaml", SampleConfig.MINIMAL + more + "\n");
  }
}
