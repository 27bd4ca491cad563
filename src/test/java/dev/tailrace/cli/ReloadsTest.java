package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.admin.AdminServer;
import dev.tailrace.admin.AdminToken;
import dev.tailrace.admin.ListenAddress;
import dev.tailrace.admin.PoolUnderTest;
import dev.tailrace.app.ConfiguredPool;
import dev.tailrace.app.PoolSchema;
import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.config.EffectiveConfig;
import dev.tailrace.local.TestCertificates;
import dev.tailrace.local.TestCertificates.Identity;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reload does to the certificate of the admin server. */
class ReloadsTest {
  @TempDir private Path folder;

  private final List<String> shown = new CopyOnWriteArrayList<>();
  private final PoolUnderTest pool =
      new PoolUnderTest(
          vertx ->
              served ->
                  new AdminServer(
                      vertx,
                      new ListenAddress("admin", "127.0.0.1", 0),
                      served,
                      AdminToken.of("s3cret"),
                      () -> ""));
  private EffectiveConfig before;
  private EffectiveConfig after;

  @BeforeEach
  void read() throws Exception {
    TestCertificates certificates = new TestCertificates(folder, "ca");
    before = config(certificates.issue("before"));
    after = config(certificates.issue("after"));
  }

  @AfterEach
  void close() throws Exception {
    pool.close();
  }

  @Test
  void aCertificateIsTakenBackWithTheReloadThatThePoolRefuses() throws Exception {
    Reloads reloads = reloads(); // of a pool that has not started, and reloads nothing

    assertThatThrownBy(() -> PoolUnderTest.result(reloads.reload("test")));

    assertThat(shown).containsExactly(certificate(after), certificate(before));
  }

  @Test
  void whatIsTheSameIsNotShownAnew() throws Exception {
    after = before;

    assertThatThrownBy(() -> PoolUnderTest.result(reloads().reload("test")));

    assertThat(shown).isEmpty();
  }

  private Reloads reloads() throws Exception {
    Reloads reloads = new Reloads(before, ConfiguredPool.read(before), () -> after);
    reloads.attach(
        pool.pool(),
        tls -> {
          shown.add(String.valueOf(tls.certificate()));
          return Future.succeededFuture();
        });
    return reloads;
  }

  private static String certificate(EffectiveConfig of) {
    return String.valueOf(ListenAddress.adminTls(of.root()).certificate());
  }

  private EffectiveConfig config(Identity identity) throws Exception {
    Path certificate = Files.createTempFile(folder, "shown", ".crt");
    Path key = Files.createTempFile(folder, "shown", ".key");
    Files.writeString(certificate, identity.chain());
    Files.writeString(key, identity.key());
    Path file = folder.resolve("tailrace.yaml");
    Files.writeString(
        file,
        """
        name: test
        pipelines:
          - name: orders
            source: {kafka: {topics: [orders], group: g, start: earliest}}
            handler: {log: {}}
        admin: {tls: {certificate: "${file:%s}", key: "${file:%s}"}}
        """
            .formatted(certificate, key));
    return new ConfigLoader(PoolSchema.schema())
        .load(new ConfigInputs(List.of(file), Map.of(), List.of()));
  }
}
