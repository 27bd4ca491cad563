package dev.tailrace.redis;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.ObjectSchema;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whom TLS trusts, and how it shows who we are; all in PEM. Immutable; prints no key.
 *
 * @param ca those who sign the servers' certificates; null for the JVM's own
 * @param certificate ours, with those between it and its CA; null for none
 * @param key of our certificate, PKCS8 and not encrypted
 */
public record RedisTls(@Nullable String ca, @Nullable String certificate, @Nullable String key) {
  /** The JVM's CAs, and no certificate of ours. */
  static final RedisTls DEFAULT = new RedisTls(null, null, null);

  private static final String CA = "ca";
  private static final String CERTIFICATE = "certificate";
  private static final String KEY = "key";
  private static final String PEM = "allowed: PEM, such as \"${file:/run/secrets/%s.pem}\"";

  /** Of the section {@code redis.tls}. */
  static ObjectSchema schema() {
    return ObjectSchema.builder()
        .text(
            CA, null, "The CA of the servers' certificates, as PEM, where it is none of the JVM's")
        .text(CERTIFICATE, null, "Our certificate, as PEM, where the servers ask for one")
        .text(KEY, null, "Its key, as PEM: PKCS8, not encrypted")
        .secret(KEY)
        .build();
  }

  static RedisTls read(ConfigSection section) {
    return new RedisTls(
        section.optionalText(CA).orElse(null),
        section.optionalText(CERTIFICATE).orElse(null),
        section.optionalText(KEY).orElse(null));
  }

  /** What is wrong with it, for servers that are spoken to by TLS or not. */
  List<ConfigError> errors(ConfigSection section, boolean secure) {
    List<ConfigError> errors = new ArrayList<>();
    if (!secure && !equals(DEFAULT)) {
      String given = ca != null ? CA : certificate != null ? CERTIFICATE : KEY;
      errors.add(section.error(given, "is of no use", "allowed: with addresses of rediss://"));
    }
    if ((certificate == null) != (key == null)) {
      String missing = key == null ? KEY : CERTIFICATE;
      errors.add(
          section.error(missing, "is missing", "allowed: both certificate and key, or none"));
    }
    problem(section, CA, ca).ifPresent(errors::add);
    problem(section, CERTIFICATE, certificate).ifPresent(errors::add);
    if (key != null && !key.contains("-----BEGIN PRIVATE KEY-----")) {
      errors.add(section.error(KEY, "is no PKCS8 key", PEM.formatted("client-key")));
    }
    return errors;
  }

  private static Optional<ConfigError> problem(
      ConfigSection section, String name, @Nullable String pem) {
    if (pem == null) {
      return Optional.empty();
    }
    try {
      byte[] bytes = pem.getBytes(StandardCharsets.UTF_8);
      int read =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes))
              .size();
      return read > 0
          ? Optional.empty()
          : Optional.of(section.error(name, "holds no certificate", PEM.formatted(name)));
    } catch (CertificateException unreadable) {
      return Optional.of(
          section.error(name, "cannot be read as a certificate", PEM.formatted(name)));
    }
  }

  /** Has connections to servers and sentinels made by it; their names are those in the address. */
  void apply(NetClientOptions net) {
    net.setSsl(true).setHostnameVerificationAlgorithm("HTTPS");
    if (ca != null) {
      net.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(ca)));
    }
    if (certificate != null && key != null) {
      net.setKeyCertOptions(
          new PemKeyCertOptions()
              .addCertValue(Buffer.buffer(certificate))
              .addKeyValue(Buffer.buffer(key)));
    }
  }

  @Override
  public String toString() {
    return "TLS";
  }
}
