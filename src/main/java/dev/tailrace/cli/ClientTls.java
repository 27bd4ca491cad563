package dev.tailrace.cli;

import dev.tailrace.config.Pem;
import dev.tailrace.config.PemTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whom a command trusts, and what it shows of itself, by the options {@code --ca}, {@code
 * --certificate} and {@code --key}. Immutable; prints no key.
 *
 * @param pem without a CA, those that the JVM knows
 */
record ClientTls(PemTls pem) {
  private static final char[] NO_PASSWORD = new char[0];

  /** Has a client speak it, where the address is one of TLS. */
  void apply(URI url, HttpClient.Builder client) {
    if (pem.equals(PemTls.NONE)) {
      return;
    }
    if (!"https".equals(url.getScheme())) {
      throw new CommandException(
          ExitCode.USAGE, "--ca, --certificate and --key are for a --url of https://, not " + url);
    }
    pem.problems().stream()
        .findFirst()
        .ifPresent(
            problem -> {
              throw new CommandException(
                  ExitCode.USAGE, "--" + problem.key() + ": " + problem.what() + "; a file of PEM");
            });
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(shown(), trusted(), null);
      client.sslContext(context);
    } catch (GeneralSecurityException | IOException unfit) {
      throw new CommandException(ExitCode.FAILURE, "TLS cannot be used: " + unfit, unfit);
    }
  }

  /** Null for none. */
  private KeyManager @Nullable [] shown() throws GeneralSecurityException, IOException {
    String certificate = pem.certificate();
    String key = pem.key();
    if (certificate == null || key == null) {
      return null;
    }
    KeyStore store = empty();
    Certificate[] chain = Pem.certificates(certificate).toArray(Certificate[]::new);
    store.setKeyEntry("us", Pem.key(key), NO_PASSWORD, chain);
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  /** Null for those that the JVM knows. */
  private TrustManager @Nullable [] trusted() throws GeneralSecurityException, IOException {
    String ca = pem.ca();
    if (ca == null) {
      return null;
    }
    KeyStore store = empty();
    int number = 0;
    for (Certificate each : Pem.certificates(ca)) {
      store.setCertificateEntry("ca-" + number++, each);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
