package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.local.TestCertificates;
import dev.tailrace.local.TestCertificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process that is ordered about from elsewhere, by TLS alone. */
class AdminTlsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String ADMIN = "admin listens on ";
  private static final String TOKEN = "hunter2-".repeat(4);

  @TempDir Path folder;

  private final Servers servers = SharedServers.get();
  private final String topic = Servers.uniqueName("admin-tls");

  @BeforeEach
  void write() throws IOException {
    TestCertificates first = new TestCertificates(folder, "ca");
    write("ca.pem", first.authority());
    shown(first.issue("first"));
    write("token", TOKEN + "\n");
    Files.writeString(
        folder.resolve("tailrace.yaml"),
        """
        name: %1$s
        instance: a
        kafka: {bootstrap.servers: "%2$s"}
        pipelines:
          - name: work
            source: {kafka: {topics: [%1$s], group: %1$s, start: earliest}}
            handler: {log: {}}
        probes: {port: 0}
        admin:
          host: 0.0.0.0
          port: 0
          token: "${file:%3$s/token}"
          tls: {certificate: "${file:%3$s/shown.crt}", key: "${file:%3$s/shown.key}"}
        """
            .formatted(topic, servers.kafka().bootstrap(), folder));
  }

  @Test
  void aProcessIsAskedRenewedAndDrainedByTls() throws Exception {
    servers.createTopic(topic, 1);
    TestCertificates second = new TestCertificates(folder, "second-ca");
    write("second-ca.pem", second.authority());
    try (JarProcess run = JarProcess.start(folder, "run")) {
      run.awaitErr("running: ");
      String url = url(run);

      assertThat(status(url, "ca.pem").exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
      assertThat(status(url, "second-ca.pem").exitCode()).isEqualTo(ExitCode.UNREACHABLE);

      shown(second.issue("second"));
      run.signal("HUP");
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  status(url, "second-ca.pem").exitCode() == ExitCode.OK
                      || !run.process().isAlive());
      assertThat(status(url, "ca.pem").exitCode()).isEqualTo(ExitCode.UNREACHABLE);

      write("shown.key", "renewed by half");
      Invocation refused = ordered("reload", url);
      assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILURE);
      assertThat(refused.err()).contains("tailrace.yaml:13:", "admin.tls.key: is no PKCS8 key");

      Invocation drained = ordered("drain", url, "--wait", "60s");
      assertThat(drained.exitCode()).as(drained.err()).isEqualTo(ExitCode.OK);
      assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(run.err()).contains("admin.tls.key").doesNotContain("-----BEGIN", "hunter2");
    }
  }

  @Test
  void whatTlsCannotBeMadeOfEndsTheStartAndIsNamed() throws Exception {
    write("shown.key", "no key");

    try (JarProcess run = JarProcess.run(folder, "run")) {
      assertThat(run.exitCode()).isEqualTo(ExitCode.INVALID_CONFIGURATION);
      assertThat(run.err()).contains("tailrace.yaml:13:", "admin.tls.key: is no PKCS8 key");
    }
  }

  @Test
  void whatIsShownOfTheConfigurationHoldsNoKeyAndNoToken() {
    Invocation shown =
        Invocation.of("config", "show", "-c", folder.resolve("tailrace.yaml").toString());

    assertThat(shown.exitCode()).as(shown.err()).isEqualTo(ExitCode.OK);
    assertThat(shown.out()).contains("tls:").doesNotContain("-----BEGIN", "hunter2");
  }

  private Invocation status(String url, String ca) {
    return Invocation.of("status", "--url", url, "--ca", folder.resolve(ca).toString());
  }

  /** By whoever knows the second CA and the token. */
  private Invocation ordered(String command, String url, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command, "--url", url));
    arguments.addAll(List.of("--ca", folder.resolve("second-ca.pem").toString()));
    arguments.addAll(List.of("--token-file", folder.resolve("token").toString()));
    arguments.addAll(List.of(more));
    return Invocation.of(arguments.toArray(String[]::new));
  }

  private static String url(JarProcess run) {
    String rest = run.err().substring(run.err().indexOf(ADMIN) + ADMIN.length());
    String url = rest.substring(0, rest.indexOf('"'));
    assertThat(url).startsWith("https://0.0.0.0:");
    return url.replace("0.0.0.0", "127.0.0.1");
  }

  private void shown(Identity identity) throws IOException {
    write("shown.crt", identity.chain());
    write("shown.key", identity.key());
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }
}
