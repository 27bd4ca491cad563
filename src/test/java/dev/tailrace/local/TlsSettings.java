package dev.tailrace.local;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tailrace.local.TestCertificates.Identity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * How a Redis, or a sentinel, of this machine speaks TLS: to whom shows a certificate of one CA. It
 * keeps a port without TLS, which is for this machine's probes alone.
 */
public final class TlsSettings {
  private final String authority;
  private final Identity identity;
  private final List<Setting> settings;

  /**
   * With a CA of its own.
   *
   * @param folder takes certificates and keys
   */
  public TlsSettings(Path folder) {
    TestCertificates certificates = new TestCertificates(folder, "ca");
    this.authority = certificates.authority();
    this.identity = certificates.issue("server");
    this.settings =
        List.of(
            new Setting("tls-replication", "yes"),
            new Setting("tls-ca-cert-file", written(folder, "trusted.pem", authority)),
            new Setting("tls-cert-file", written(folder, "chain.pem", identity.chain())),
            new Setting("tls-key-file", written(folder, "key.pem", identity.key())));
  }

  /** Whether the server's binary was built with TLS. */
  public static boolean arePossible(Path folder) {
    try {
      String binary = Files.readString(Path.of(LocalRedis.executable(folder)), ISO_8859_1);
      return binary.contains("tls-ca-cert-file");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Setting(String name, String value) {}

  private static String written(Path folder, String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Stream<Setting> at(int port) {
    return Stream.concat(
        Stream.of(new Setting("tls-port", Integer.toString(port))), settings.stream());
  }

  /** As on a command line. */
  List<String> words(int port) {
    return at(port).flatMap(setting -> Stream.of("--" + setting.name, setting.value)).toList();
  }

  /** As in a file. */
  List<String> lines(int port) {
    return at(port).map(setting -> setting.name + " " + setting.value).toList();
  }

  /** The CA, as PEM. */
  public String authority() {
    return authority;
  }

  /** A certificate that all take. */
  public Identity identity() {
    return identity;
  }
}
