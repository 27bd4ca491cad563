package dev.tailrace.redis.link;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.ObjectSchema;
import dev.tailrace.config.PemTls;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the servers are spoken to by TLS. Immutable; prints no key.
 *
 * @param pem whom we trust where it is none of the JVM's CAs, and the certificate that we show
 */
public record RedisTls(PemTls pem) {
  /** The JVM's CAs, and no certificate of ours. */
  public static final RedisTls DEFAULT = new RedisTls(PemTls.NONE);

  /** With what {@link PemTls} says. */
  public RedisTls(@Nullable String ca, @Nullable String certificate, @Nullable String key) {
    this(new PemTls(ca, certificate, key));
  }

  /** Of the section {@code redis.tls}. */
  static ObjectSchema schema() {
    return PemTls.schema(
        "The CA of the servers' certificates, as PEM, where it is none of the JVM's",
        "Our certificate, as PEM, where the servers ask for one");
  }

  static RedisTls read(ConfigSection section) {
    return new RedisTls(PemTls.read(section));
  }

  /** What is wrong with it, for servers that are spoken to by TLS or not. */
  List<ConfigError> errors(ConfigSection section, boolean secure) {
    List<ConfigError> errors = new ArrayList<>();
    if (!secure && !equals(DEFAULT)) {
      String given =
          pem.ca() != null
              ? PemTls.CA
              : pem.certificate() != null ? PemTls.CERTIFICATE : PemTls.KEY;
      errors.add(section.error(given, "is of no use", "allowed: with addresses of rediss://"));
    }
    errors.addAll(pem.errors(section));
    return errors;
  }

  /** Has connections to servers and sentinels made by it; their names are those in the address. */
  void apply(NetClientOptions net) {
    net.setSsl(true).setHostnameVerificationAlgorithm("HTTPS");
    String ca = pem.ca();
    if (ca != null) {
      net.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(ca)));
    }
    String certificate = pem.certificate();
    String key = pem.key();
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
