package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.config.EffectiveConfig;
import dev.tailrace.local.TestCertificates;
import dev.tailrace.local.TestCertificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a difference of two configurations means for a pool that runs. */
final class ReloadPlanTest {
  private static final ConfigLoader LOADER = new ConfigLoader(PoolSchema.schema());
  private static final String ORDERS =
      """
        - name: orders
          source: {kafka: {topics: [orders], group: g, start: earliest}}
          handler: {log: {}}
      """;
  private static final String PAYMENTS =
      """
        - name: payments
          source: {redis: {streams: [payments], group: g, start: earliest}}
          order: unordered
          handler: {log: {}}
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pipelines.orders.timeout=7s             | restarted orders
          pipelines.orders.concurrency=3          | limited orders
          pipelines.orders.buffer.messages=30     | limited orders
          pipelines.orders.buffer.bytes=1MiB      | limited orders
          pipelines.orders.retry.parked=7         | limited orders
          pipelines.orders.buffer.window=2000     | restarted orders
          pipelines.payments.retry.attempts=2     | restarted payments
          kafka.bootstrap.servers=other:9092      | restarted orders
          redis.url=redis://other:6379            | restarted payments
          pool.concurrency=10                     | limited orders, limited payments
          drain.deadline=40s                      | ''
          startup.deadline=5s                     | ''
          telemetry.logs.level=debug              | ''
          """)
  void onlyThePipelinesThatADifferenceConcernsMove(String assignment, String moves)
      throws Exception {
    ReloadPlan plan = plan(ORDERS + PAYMENTS, ORDERS + PAYMENTS, assignment);

    assertThat(plan.changes()).hasSize(1);
    assertThat(String.join(", ", moves(plan))).isEqualTo(moves);
  }

  @Test
  void whatIsTheSameMovesNothing() throws Exception {
    ReloadPlan plan = plan(ORDERS, ORDERS);

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.moves()).isEmpty();
  }

  @Test
  void pipelinesGoBeforeOthersCome() throws Exception {
    ReloadPlan plan = plan(ORDERS, PAYMENTS);

    assertThat(moves(plan)).containsExactly("removed orders", "added payments");
    assertThat(plan.moves().get(0).undone().kind()).isEqualTo(ReloadPlan.Kind.ADDED);
  }

  @Test
  void thePoolDrainsAsTheNewConfigurationSays() throws Exception {
    assertThat(plan(ORDERS, ORDERS, "drain.deadline=40s").drain().deadline())
        .isEqualTo(Duration.ofSeconds(40));
  }

  @Test
  void whatIsReadOnceIsRefusedAllAtOnceWithTheReason() {
    assertThatThrownBy(
            () ->
                plan(
                    ORDERS,
                    ORDERS,
                    "admin.port=1234",
                    "instance=b",
                    "pipelines.orders.timeout=7s",
                    "telemetry.otel.endpoint=http://localhost:4318"))
        .isInstanceOfSatisfying(
            ConfigException.class,
            refused ->
                assertThat(refused.errors().toString())
                    .contains("admin.port cannot change in a running process")
                    .contains("the server listens already", "or a restart")
                    .contains("instance cannot change", "telemetry.otel.endpoint cannot change")
                    .doesNotContain("timeout"));
  }

  @Test
  void aRenewedCertificateMovesNothing() throws Exception {
    TestCertificates certificates = new TestCertificates(folder, "ca");
    EffectiveConfig old = config(ORDERS, secured(certificates.issue("old")));
    EffectiveConfig now = config(ORDERS, secured(certificates.issue("new")));

    ReloadPlan plan = plan(old, now);

    assertThat(plan.changes()).hasSize(2).allMatch(change -> change.path().startsWith("admin.tls"));
    assertThat(plan.changes().toString()).doesNotContain("BEGIN PRIVATE");
    assertThat(plan.moves()).isEmpty();
  }

  @Test
  void tlsOfTheAdminServerNeitherComesNorGoes() throws Exception {
    EffectiveConfig plain = config(ORDERS);
    EffectiveConfig secured =
        config(ORDERS, secured(new TestCertificates(folder, "ca").issue("a")));

    assertThatThrownBy(() -> plan(plain, secured)).hasMessageContaining("admin.tls: cannot come");
    assertThatThrownBy(() -> plan(secured, plain)).hasMessageContaining("admin.tls: cannot come");
  }

  private String[] secured(Identity identity) throws IOException {
    Path certificate = Files.createTempFile(folder, "shown", ".crt");
    Path key = Files.createTempFile(folder, "shown", ".key");
    Files.writeString(certificate, identity.chain());
    Files.writeString(key, identity.key());
    return new String[] {
      "admin.tls.certificate=${file:" + certificate + "}", "admin.tls.key=${file:" + key + "}"
    };
  }

  private ReloadPlan plan(String before, String after, String... assignments) throws Exception {
    return plan(config(before), config(after, assignments));
  }

  private static ReloadPlan plan(EffectiveConfig old, EffectiveConfig now) throws Exception {
    return ReloadPlan.between(old, ConfiguredPool.read(old), now, ConfiguredPool.read(now));
  }

  private EffectiveConfig config(String pipelines, String... assignments)
      throws IOException, ConfigException {
    Path file = Files.createTempFile(folder, "config", ".yaml");
    Files.writeString(
        file,
        """
        name: test
        instance: a
        kafka: {bootstrap.servers: "localhost:9092"}
        redis: {url: "redis://localhost:6379"}
        pipelines:
        """
            + pipelines);
    return LOADER.load(new ConfigInputs(List.of(file), Map.of(), List.of(assignments)));
  }

  private static List<String> moves(ReloadPlan plan) {
    return plan.moves().stream().map(move -> move.kind().label() + " " + move.pipeline()).toList();
  }
}
