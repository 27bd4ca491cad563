package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.admin.AdminServer;
import dev.tailrace.admin.AdminToken;
import dev.tailrace.admin.ListenAddress;
import dev.tailrace.admin.PoolUnderTest;
import dev.tailrace.config.PemTls;
import dev.tailrace.local.TestCertificates;
import dev.tailrace.local.TestCertificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands and the admin server of a pool, which speak to each other by TLS. */
class AdminTlsTest {
  private static final String TOKEN = "t".repeat(32);

  @TempDir private static Path files;
  private static TestCertificates ours;
  private static TestCertificates others;
  private static Identity server;
  private static Identity renewed;
  private static Identity worker;
  private static Identity stranger;

  private final AtomicReference<AdminServer> admin = new AtomicReference<>();
  private final List<PoolUnderTest> pools = new ArrayList<>();

  @BeforeAll
  static void issue() throws IOException {
    ours = new TestCertificates(files, "ca");
    others = new TestCertificates(files, "other-ca");
    server = ours.issue("server");
    renewed = others.issue("renewed");
    worker = ours.issue("worker");
    stranger = others.issue("stranger");
    write("ca.pem", ours.authority());
    write("other-ca.pem", others.authority());
    write("token", TOKEN + "\n");
    write("wrong-token", "wrong\n");
    write("worker.crt", worker.chain());
    write("worker.key", worker.key());
    write("stranger.crt", stranger.chain());
    write("stranger.key", stranger.key());
  }

  @AfterEach
  void close() throws Exception {
    for (PoolUnderTest pool : pools) {
      pool.close();
    }
  }

  @Test
  void stateIsReadByTheCaAndOrdersAreGivenWithTheTokenToo() throws Exception {
    String url = listening(by(server, null));
    assertThat(url).startsWith("https://");

    Invocation status = command("status", url, "--ca", file("ca.pem"));
    assertThat(status.exitCode()).as(status.err()).isEqualTo(ExitCode.OK);
    assertThat(status.out()).contains("running");

    assertThat(command("pause", url, "--ca", file("ca.pem")).exitCode())
        .isEqualTo(ExitCode.UNREACHABLE);
    Invocation wrong =
        command("pause", url, "--ca", file("ca.pem"), "--token-file", file("wrong-token"));
    assertThat(wrong.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(wrong.err()).contains("admin token");
    assertThat(pools.get(0).pool().state().label()).isEqualTo("running");

    Invocation right = command("pause", url, "--ca", file("ca.pem"), "--token-file", file("token"));
    assertThat(right.exitCode()).as(right.err()).isEqualTo(ExitCode.OK);
  }

  @Test
  void aServerOfAnotherCaIsNotBelieved() throws Exception {
    String url = listening(by(server, null));

    for (Invocation refused :
        List.of(command("status", url), command("status", url, "--ca", file("other-ca.pem")))) {
      assertRefused(refused, "not signed by a CA that is trusted here: --ca names");
    }
  }

  @Test
  void aServerOfAnotherNameIsNotBelieved() throws Exception {
    String url = listening(by(server, null)).replace("127.0.0.1", "127.0.0.2");

    assertRefused(command("status", url, "--ca", file("ca.pem")), "for another name");
  }

  @Test
  void withoutTlsThereIsNoAnswer() throws Exception {
    String url = listening(by(server, null)).replace("https", "http");

    assertRefused(command("status", url), "its address begins with https://");
  }

  @Test
  void aServerWithoutTlsIsNamedAsSuch() throws Exception {
    String url = listening(PemTls.NONE).replace("http", "https");

    assertRefused(command("status", url), "speaks no TLS");
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "pause"})
  void whereACaIsGivenNobodyGetsInWithoutACertificateOfIt(String name) throws Exception {
    String url = listening(by(server, ours.authority()));
    String[] trusting = {"--ca", file("ca.pem")};
    List<String> named = new ArrayList<>(List.of(trusting));
    if (name.equals("pause")) {
      named.addAll(List.of("--token-file", file("token")));
    }

    assertRefused(command(name, url, named), "--certificate and --key");
    assertRefused(command(name, url, with(named, "stranger")), "--certificate and --key");
    Invocation known = command(name, url, with(named, "worker"));
    assertThat(known.exitCode()).as(known.err()).isEqualTo(ExitCode.OK);
  }

  @Test
  void aRenewedCertificateIsShownFromThenOn() throws Exception {
    String url = listening(by(server, null));
    assertThat(command("status", url, "--ca", file("ca.pem")).exitCode()).isZero();

    PoolUnderTest.result(
        Objects.requireNonNull(admin.get()).renew(by(renewed, others.authority())));

    assertRefused(command("status", url, "--ca", file("ca.pem")), "not signed by a CA");
    List<String> trusting = List.of("--ca", file("other-ca.pem"));
    assertRefused(command("status", url, trusting), "--certificate and --key");
    assertThat(command("status", url, with(trusting, "stranger")).exitCode()).isZero();
  }

  @Test
  void whatDoesNotFitTogetherIsAUsageError() {
    String secured = "https://127.0.0.1:1";
    assertUsage("https://", command("status", "http://127.0.0.1:1", "--ca", file("ca.pem")));
    assertUsage("--key: ", command("status", secured, "--certificate", file("worker.crt")));
    assertUsage("--ca: ", command("status", secured, "--ca", file("token")));
    assertUsage(
        "--key: is not the key",
        command(
            "status",
            secured,
            List.of("--certificate", file("worker.crt"), "--key", file("stranger.key"))));
    Invocation absent = command("status", secured, "--ca", file("absent.pem"));
    assertThat(absent.exitCode()).isEqualTo(ExitCode.FAILURE);
    assertThat(absent.err()).contains("--ca", "absent.pem");
  }

  private static void assertRefused(Invocation refused, String why) {
    assertThat(refused.err()).contains(why);
    assertThat(refused.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(refused.out()).isEmpty();
  }

  private static void assertUsage(String what, Invocation refused) {
    assertThat(refused.err()).contains(what);
    assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
  }

  private static PemTls by(Identity shown, @Nullable String ca) {
    return new PemTls(ca, shown.chain(), shown.key());
  }

  private static List<String> with(List<String> options, String identity) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("--certificate", file(identity + ".crt"), "--key", file(identity + ".key")));
    return all;
  }

  private static Invocation command(String name, String url, String... options) {
    return command(name, url, List.of(options));
  }

  private static Invocation command(String name, String url, List<String> options) {
    List<String> arguments = new ArrayList<>(List.of(name, "--url", url));
    arguments.addAll(options);
    return Invocation.of(arguments.toArray(String[]::new));
  }

  /** The address of the admin server of a new pool, as on this machine it is reached. */
  private String listening(PemTls tls) throws Exception {
    PoolUnderTest pool =
        new PoolUnderTest(
            vertx ->
                served -> {
                  AdminServer made =
                      new AdminServer(
                          vertx,
                          new ListenAddress("admin", "0.0.0.0", 0, tls),
                          served,
                          AdminToken.of(TOKEN),
                          () -> "");
                  admin.set(made);
                  return made;
                });
    pools.add(pool);
    pool.started();
    return Objects.requireNonNull(admin.get()).url().replace("0.0.0.0", "127.0.0.1");
  }

  private static void write(String name, String text) throws IOException {
    Files.writeString(files.resolve(name), text);
  }

  private static String file(String name) {
    return files.resolve(name).toString();
  }
}
