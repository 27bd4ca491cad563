package dev.tailrace.kafka;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;

/**
 * Whom a client says it is, as far as its settings tell: the names that a person looks for among
 * the brokers' rules. Never a secret.
 */
final class ClientIdentity {
  /** Where the login modules of Kafka have a name. */
  private static final List<String> NAMES =
      List.of("username", "unsecuredLoginStringClaim_sub", "clientId");

  private static final String CLIENT_ID = SaslConfigs.SASL_OAUTHBEARER_CLIENT_CREDENTIALS_CLIENT_ID;

  private ClientIdentity() {}

  /** For a sentence: {@code user 'orders'}, or {@code this user} where the name is not known. */
  static String words(KafkaClientConfig client) {
    return name(client).map(name -> "user '" + name + "'").orElse("this user");
  }

  /** The name of the user, or the subject of the certificate. */
  static Optional<String> name(KafkaClientConfig client) {
    Map<String, String> settings = client.settings();
    String protocol = settings.getOrDefault("security.protocol", "PLAINTEXT");
    if (protocol.startsWith("SASL")) {
      return Stream.concat(loginName(settings).stream(), named(settings, CLIENT_ID)).findFirst();
    }
    return protocol.equals("SSL")
        ? named(settings, SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG)
            .flatMap(chain -> subject(chain).stream())
            .findFirst()
        : Optional.empty();
  }

  private static Stream<String> named(Map<String, String> settings, String key) {
    return Stream.ofNullable(settings.get(key));
  }

  private static Optional<String> loginName(Map<String, String> settings) {
    String login = settings.get(SaslConfigs.SASL_JAAS_CONFIG);
    if (login == null || SecurityKeys.loginProblem(login).isPresent()) {
      return Optional.empty();
    }
    Map<String, Password> given = Map.of(SaslConfigs.SASL_JAAS_CONFIG, new Password(login));
    return JaasContext.loadClientContext(given).configurationEntries().stream()
        .map(AppConfigurationEntry::getOptions)
        .flatMap(options -> NAMES.stream().<Object>map(options::get))
        .filter(Objects::nonNull)
        .map(String::valueOf)
        .findFirst();
  }

  private static Optional<String> subject(String chain) {
    try {
      byte[] pem = chain.getBytes(StandardCharsets.UTF_8);
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem))
          .stream()
          .filter(X509Certificate.class::isInstance)
          .map(one -> ((X509Certificate) one).getSubjectX500Principal().getName())
          .findFirst();
    } catch (CertificateException unreadable) {
      return Optional.empty(); // which the client says itself
    }
  }
}
