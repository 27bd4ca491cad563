package dev.tailrace.cli;

import dev.tailrace.config.PemTls;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which running pool is meant. */
final class AdminOptions {
  private static final String VARIABLE = "TAILRACE_URL";
  private static final String DEFAULT = "http://127.0.0.1:9465";

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Its admin server. Default: $" + VARIABLE + ", or else " + DEFAULT)
  private @Nullable URI url; // set by picocli

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "The file of its admin token. Default: where a pool on this host keeps it")
  private @Nullable Path tokenFile; // set by picocli

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "PEM of the CA of its certificate. Default: those that the JVM knows")
  private @Nullable Path ca; // set by picocli

  @Option(
      names = "--certificate",
      paramLabel = "FILE",
      description = "PEM of a certificate to show, where it asks for one")
  private @Nullable Path certificate; // set by picocli

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "PEM of its key: PKCS8, not encrypted")
  private @Nullable Path key; // set by picocli

  AdminClient client() {
    URI chosen = url;
    if (chosen == null) {
      String named = Optional.ofNullable(System.getenv(VARIABLE)).orElse("");
      chosen = URI.create(named.isBlank() ? DEFAULT : named);
    }
    return new AdminClient(chosen, tokenFile, tls());
  }

  private ClientTls tls() {
    return new ClientTls(
        new PemTls(
            content(PemTls.CA, ca),
            content(PemTls.CERTIFICATE, certificate),
            content(PemTls.KEY, key)));
  }

  private static @Nullable String content(String option, @Nullable Path file) {
    return file == null ? null : AdminClient.content(option, file);
  }
}
