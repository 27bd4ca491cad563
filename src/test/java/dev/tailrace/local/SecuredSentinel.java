package dev.tailrace.local;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tailrace.local.TestCertificates.Identity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A Redis, and one sentinel that names it by its port for TLS. Both ask for certificates of one CA,
 * and both have a port without TLS, which is for this machine's probes alone.
 */
public final class SecuredSentinel implements AutoCloseable {
  /** The name under which the sentinel knows the server. */
  public static final String PRIMARY = "secured";

  private final Path folder;
  private final TestCertificates certificates;
  private final Identity identity;
  private final int securedServer = LocalProcess.freePort();
  private final int securedSentinel = LocalProcess.freePort();
  private final LocalRedis server;
  private final LocalSentinel sentinel;

  /**
   * Both running.
   *
   * @param folder takes certificates and keys
   */
  public SecuredSentinel(Path folder) {
    this.folder = folder;
    this.certificates = new TestCertificates(folder, "ca");
    this.identity = certificates.issue("server");
    this.server =
        LocalRedis.start(
            tls(securedServer)
                .flatMap(setting -> Stream.of("--" + setting.name, setting.value))
                .toList());
    this.sentinel =
        LocalSentinel.start(
            PRIMARY, securedServer, 1, tls(securedSentinel).map(Setting::toString).toList());
  }

  /** Whether the server's binary was built with TLS. */
  public static boolean isPossible(Path folder) {
    try {
      String binary = Files.readString(Path.of(LocalRedis.executable(folder)), ISO_8859_1);
      return binary.contains("tls-ca-cert-file");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Setting(String name, String value) {
    @Override
    public String toString() {
      return name + " " + value;
    }
  }

  private Stream<Setting> tls(int port) {
    return Stream.of(
        new Setting("tls-port", Integer.toString(port)),
        new Setting("tls-replication", "yes"),
        new Setting("tls-ca-cert-file", written("trusted.pem", certificates.authority())),
        new Setting("tls-cert-file", written("chain.pem", identity.chain())),
        new Setting("tls-key-file", written("key.pem", identity.key())));
  }

  private String written(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the sentinel is, by TLS. */
  public String url() {
    return "rediss://" + LocalProcess.HOST + ":" + securedSentinel;
  }

  /** The CA, as PEM. */
  public String authority() {
    return certificates.authority();
  }

  /** A certificate that both take. */
  public Identity identity() {
    return identity;
  }

  @Override
  public void close() {
    sentinel.close();
    server.close();
  }
}
