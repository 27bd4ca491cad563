package dev.tailrace.kafka;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.security.auth.login.LoginException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupMaxSizeReachedException;
import org.apache.kafka.common.errors.IllegalSaslStateException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.InvalidSessionTimeoutException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * What a broker that answers does not like about a client, in words that name the setting or the
 * right to change; and what a client does not like about its own settings.
 *
 * @param client whose settings they are
 * @param needed what the client does with its topic
 */
record Refusal(KafkaClientConfig client, AclOperation needed) {
  /** In words; empty where trying again may help. */
  Optional<String> words(Throwable failure) {
    for (Throwable one : chain(failure)) {
      String words = ofOne(one);
      if (!words.isEmpty()) {
        return Optional.of(words);
      }
    }
    return settings(failure);
  }

  private String ofOne(Throwable failure) {
    if (failure instanceof SslAuthenticationException) {
      return handshake(failure);
    }
    if (failure instanceof UnsupportedSaslMechanismException
        || failure instanceof IllegalSaslStateException) {
      return "the broker refuses this way to log in: set security.protocol and sasl.mechanism to"
          + " what it offers";
    }
    if (failure instanceof AuthenticationException) {
      return "the broker refuses the login of "
          + ClientIdentity.words(client)
          + ": check name and password, or token, in sasl.jaas.config";
    }
    if (failure instanceof AuthorizationException) {
      return right(failure);
    }
    if (failure instanceof GroupMaxSizeReachedException
        || failure instanceof InvalidGroupIdException
        || failure instanceof InvalidSessionTimeoutException
        || failure instanceof InvalidTopicException
        || failure instanceof UnsupportedVersionException) {
      return "the broker refuses the consumer as it is configured";
    }
    return "";
  }

  private String right(Throwable failure) {
    String user = ClientIdentity.words(client);
    if (failure instanceof TopicAuthorizationException topics
        && !topics.unauthorizedTopics().isEmpty()) {
      return user
          + " lacks "
          + new TreeSet<>(topics.unauthorizedTopics())
              .stream()
                  .map(topic -> needed + " of topic '" + topic + "'")
                  .collect(Collectors.joining(" and "));
    }
    if (failure instanceof GroupAuthorizationException group && group.groupId() != null) {
      return user + " lacks " + AclOperation.READ + " of group '" + group.groupId() + "'";
    }
    return "the broker does not allow " + user + " what is needed";
  }

  /** The client's words tell neither the side that refused nor the setting. */
  private static String handshake(Throwable failure) {
    List<Throwable> chain = chain(failure);
    String text = KafkaErrors.text(failure).toLowerCase(Locale.ROOT);
    if (has(chain, CertificateExpiredException.class)) {
      return "the broker's certificate has expired, or is its CA's";
    }
    if (has(chain, CertPathBuilderException.class)
        || has(chain, CertPathValidatorException.class)) {
      return "the broker's certificate is not signed by a CA that is trusted here: give its CA as"
          + " ssl.truststore.certificates or ssl.truststore.location";
    }
    if (has(chain, CertificateException.class)) {
      return "the broker's certificate is for another name than the one in bootstrap.servers, or"
          + " than the one that the broker advertises";
    }
    if (text.contains("fatal alert")) {
      return "the broker ends the TLS handshake: where it asks for certificates, give one that it"
          + " trusts as ssl.keystore.certificate.chain and ssl.keystore.key, or as"
          + " ssl.keystore.location";
    }
    return text.contains("unrecognized ssl message")
        ? "what answers does not speak TLS: check the port in bootstrap.servers, and"
            + " security.protocol"
        : "the TLS handshake with the broker fails";
  }

  /** A name that does not resolve, and a token that its server does not give, may come later. */
  private static Optional<String> settings(Throwable failure) {
    List<Throwable> chain = chain(failure);
    String text = KafkaErrors.text(failure);
    boolean settings =
        has(chain, ConfigException.class)
            || has(chain, InvalidConfigurationException.class)
            || has(chain, IllegalArgumentException.class)
            || has(chain, LinkageError.class)
            || text.contains("Failed to load SSL");
    if (settings && !text.contains("resolvable")) {
      return Optional.of("the client refuses its settings");
    }
    return has(chain, LoginException.class) && !text.contains("java.net.")
        ? Optional.of("the client cannot log in: check sasl.jaas.config and sasl.oauthbearer.*")
        : Optional.empty();
  }

  private static boolean has(List<Throwable> chain, Class<? extends Throwable> type) {
    return chain.stream().anyMatch(type::isInstance);
  }

  private static List<Throwable> chain(Throwable failure) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable one = failure; one != null && !chain.contains(one); one = one.getCause()) {
      chain.add(one);
    }
    return chain;
  }
}
