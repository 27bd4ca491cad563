package dev.tailrace.kafka;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;

/**
 * The native keys with which clients prove who they are and know whom they talk to. Classes that
 * they name must be on the class path of the process; plug-ins are not searched for them.
 */
final class SecurityKeys {
  /** All that may be set. */
  static final Set<String> ALL =
      Set.of(
          "sasl.client.callback.handler.class",
          "sasl.jaas.config",
          "sasl.kerberos.kinit.cmd",
          "sasl.kerberos.min.time.before.relogin",
          "sasl.kerberos.service.name",
          "sasl.kerberos.ticket.renew.jitter",
          "sasl.kerberos.ticket.renew.window.factor",
          "sasl.login.callback.handler.class",
          "sasl.login.class",
          "sasl.login.connect.timeout.ms",
          "sasl.login.read.timeout.ms",
          "sasl.login.refresh.buffer.seconds",
          "sasl.login.refresh.min.period.seconds",
          "sasl.login.refresh.window.factor",
          "sasl.login.refresh.window.jitter",
          "sasl.login.retry.backoff.max.ms",
          "sasl.login.retry.backoff.ms",
          "sasl.mechanism",
          "sasl.oauthbearer.assertion.algorithm",
          "sasl.oauthbearer.assertion.claim.aud",
          "sasl.oauthbearer.assertion.claim.exp.seconds",
          "sasl.oauthbearer.assertion.claim.iss",
          "sasl.oauthbearer.assertion.claim.jti.include",
          "sasl.oauthbearer.assertion.claim.nbf.seconds",
          "sasl.oauthbearer.assertion.claim.sub",
          "sasl.oauthbearer.assertion.file",
          "sasl.oauthbearer.assertion.private.key.file",
          "sasl.oauthbearer.assertion.private.key.passphrase",
          "sasl.oauthbearer.assertion.template.file",
          "sasl.oauthbearer.client.credentials.client.id",
          "sasl.oauthbearer.client.credentials.client.secret",
          "sasl.oauthbearer.clock.skew.seconds",
          "sasl.oauthbearer.header.urlencode",
          "sasl.oauthbearer.jwt.retriever.class",
          "sasl.oauthbearer.jwt.validator.class",
          "sasl.oauthbearer.scope",
          "sasl.oauthbearer.scope.claim.name",
          "sasl.oauthbearer.sub.claim.name",
          "sasl.oauthbearer.token.endpoint.url",
          "security.protocol",
          "security.providers",
          "ssl.cipher.suites",
          "ssl.enabled.protocols",
          "ssl.endpoint.identification.algorithm",
          "ssl.engine.factory.class",
          "ssl.key.password",
          "ssl.keymanager.algorithm",
          "ssl.keystore.certificate.chain",
          "ssl.keystore.key",
          "ssl.keystore.location",
          "ssl.keystore.password",
          "ssl.keystore.type",
          "ssl.protocol",
          "ssl.provider",
          "ssl.secure.random.implementation",
          "ssl.trustmanager.algorithm",
          "ssl.truststore.certificates",
          "ssl.truststore.location",
          "ssl.truststore.password",
          "ssl.truststore.type");

  /** What {@code sasl.jaas.config} looks like. */
  static final String LOGIN_FORM =
      "allowed: MODULE required name=\"value\" …; with \" and \\ in a value after a \\ each";

  private SecurityKeys() {}

  /**
   * What is wrong with a {@code sasl.jaas.config}; empty where nothing is. The client's own words
   * are kept back: they repeat what it stumbled over, which may be a piece of the password.
   */
  static Optional<String> loginProblem(String value) {
    try {
      JaasContext.loadClientContext(Map.of(SaslConfigs.SASL_JAAS_CONFIG, new Password(value)));
      return Optional.empty();
    } catch (IllegalArgumentException unreadable) {
      return Optional.of("is no JAAS configuration that the client reads");
    } catch (RuntimeException refused) {
      return Optional.of("is refused by the client");
    }
  }
}
