package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.security.auth.login.LoginException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way to be refused has words of its own, and what may pass has none. */
class RefusalTest {
  private static final KafkaClientConfig CLIENT =
      KafkaClientConfig.of("localhost:9092")
          .with("security.protocol", "SASL_SSL")
          .with(
              "sasl.jaas.config",
              "org.apache.kafka.common.security.scram.ScramLoginModule required"
                  + " username=\"worker\" password=\"hunter2\";");

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of(
            new SaslAuthenticationException("Authentication failed"),
            "refuses the login of user 'worker'"),
        Arguments.of(new UnsupportedSaslMechanismException("PLAIN not enabled"), "sasl.mechanism"),
        Arguments.of(
            new TopicAuthorizationException(Set.of("b", "a")),
            "user 'worker' lacks WRITE of topic 'a' and WRITE of topic 'b'"),
        Arguments.of(
            GroupAuthorizationException.forGroupId("g"), "user 'worker' lacks READ of group 'g'"),
        Arguments.of(
            handshake(new CertificateException(new CertPathBuilderException("no path"))),
            "not signed by a CA that is trusted here"),
        Arguments.of(
            handshake(
                new CertificateException(
                    new CertPathValidatorException("old", new CertificateExpiredException()))),
            "has expired"),
        Arguments.of(
            handshake(new CertificateException("No name matching x found")), "for another name"),
        Arguments.of(
            new SslAuthenticationException(
                "failed", new SSLHandshakeException("Received fatal alert: bad_certificate")),
            "ssl.keystore.certificate.chain"),
        Arguments.of(
            new SslAuthenticationException(
                "failed", new SSLException("Unsupported or unrecognized SSL message")),
            "does not speak TLS"),
        Arguments.of(
            failed(new InvalidConfigurationException("No matching CERTIFICATE entries")),
            "refuses its settings"),
        Arguments.of(
            failed(new KafkaException("Failed to load SSL keystore /none.p12 of type JKS")),
            "refuses its settings"),
        Arguments.of(
            failed(new KafkaException(new NoClassDefFoundError("org/acme/Login"))),
            "refuses its settings"),
        Arguments.of(
            failed(new KafkaException(new LoginException("No LoginModule found for x.Y"))),
            "cannot log in"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aRefusalIsToldInWordsThatNameWhatToChange(Throwable failure, String words) {
    Optional<String> told = new Refusal(CLIENT, AclOperation.WRITE).words(failure);

    assertThat(told).hasValueSatisfying(text -> assertThat(text).contains(words));
    assertThat(told.orElseThrow()).doesNotContain("hunter2");
  }

  static Stream<Throwable> passing() {
    return Stream.of(
        new TimeoutException("no answer"),
        failed(new ConfigException("No resolvable bootstrap urls given in bootstrap.servers")),
        failed(
            new KafkaException(
                new LoginException(
                    "org.apache.kafka.common.KafkaException: "
                        + new ConnectException("refused")))));
  }

  @ParameterizedTest
  @MethodSource("passing")
  void whatMayPassIsTriedAgain(Throwable failure) {
    assertThat(new Refusal(CLIENT, AclOperation.READ).words(failure)).isEmpty();
  }

  @Test
  void aStackTraceWithinAMessageIsLeftOut() {
    String nested = "Connection refused\n\tat a.B.c(B.java:1)\n\tat d.E.f(E.java:2)";

    assertThat(KafkaErrors.text(new KafkaException(nested)))
        .isEqualTo("KafkaException: Connection refused");
  }

  @Test
  void whatAMessageRepeatsOfItsCauseIsSaidOnce() {
    assertThat(KafkaErrors.text(new KafkaException(new ConnectException("no luck"))))
        .isEqualTo("KafkaException: java.net.ConnectException: no luck");
    assertThat(KafkaErrors.text(failed(new ConnectException("no luck"))))
        .endsWith("KafkaAdminClient (ConnectException: no luck)");
  }

  @Test
  void theNameOfAUserIsThatOfItsLoginOrItsCertificate() {
    KafkaClientConfig plain = KafkaClientConfig.of("localhost:9092");
    String bearer = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required";

    assertThat(ClientIdentity.words(plain)).isEqualTo("this user");
    assertThat(ClientIdentity.words(CLIENT)).isEqualTo("user 'worker'");
    assertThat(
            ClientIdentity.words(
                CLIENT
                    .with("sasl.jaas.config", bearer + ";")
                    .with("sasl.oauthbearer.client.credentials.client.id", "orders")))
        .isEqualTo("user 'orders'");
    assertThat(
            ClientIdentity.words(
                plain
                    .with("security.protocol", "SSL")
                    .with("ssl.keystore.certificate.chain", "nothing of the kind")))
        .isEqualTo("this user");
  }

  private static Throwable handshake(CertificateException cause) {
    SSLHandshakeException handshake = new SSLHandshakeException("failed");
    handshake.initCause(cause);
    return new SslAuthenticationException("SSL handshake failed", handshake);
  }

  private static Throwable failed(Throwable cause) {
    return new KafkaException("Failed to create new KafkaAdminClient", cause);
  }
}
