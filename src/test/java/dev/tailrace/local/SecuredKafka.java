package dev.tailrace.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.awaitility.Awaitility;

/**
 * A broker behind TLS, with a CA of its own, that lets a user do only what a rule allows. One
 * listener takes SCRAM-SHA-512, PLAIN (user {@code plain}) and OAUTHBEARER tokens that its key
 * signed; the other asks for a certificate.
 */
public final class SecuredKafka implements AutoCloseable {
  private static final String PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule";
  private static final int SCRAM_ITERATIONS = 4096;

  /** The password of the user {@code plain}. */
  public static final String PLAIN_PASSWORD = "plain-secret";

  private final TestCertificates certificates;
  private final TokenKey tokens = new TokenKey();
  private final String tokenKeys;
  private final int mutualPort;
  private final LocalKafka broker;

  /**
   * Starts a broker.
   *
   * @param folder takes the files of its CA, and its keys
   */
  public SecuredKafka(Path folder) {
    this.certificates = new TestCertificates(folder, "ca");
    TestCertificates.Identity server = certificates.issue("server");
    this.tokenKeys = secret(folder, "keys.json", tokens.publicSet()).toUri().toString();
    this.mutualPort = LocalProcess.freePort();
    this.broker =
        LocalProcess.launched(
            () -> {
              LocalKafka.Ports ports = LocalKafka.Ports.free();
              return new LocalKafka(ports, settings(ports, server), administrator());
            });
  }

  private Map<String, String> settings(LocalKafka.Ports ports, TestCertificates.Identity server) {
    String listeners =
        "CLIENTS://%1$s:%2$d,MUTUAL://%1$s:%3$d"
            .formatted(LocalProcess.HOST, ports.clients(), mutualPort);
    String controller = ",CONTROLLER://" + LocalProcess.HOST + ":" + ports.controller();
    Map<String, String> settings = new HashMap<>();
    settings.put("listeners", listeners + controller);
    settings.put("advertised.listeners", listeners);
    settings.put(
        "listener.security.protocol.map", "CLIENTS:SASL_SSL,MUTUAL:SSL,CONTROLLER:PLAINTEXT");
    settings.put("listener.name.mutual.ssl.client.auth", "required");
    settings.put("ssl.keystore.type", "PEM");
    settings.put("ssl.keystore.certificate.chain", server.chain());
    settings.put("ssl.keystore.key", server.key());
    settings.put("ssl.truststore.type", "PEM");
    settings.put("ssl.truststore.certificates", certificates.authority());
    settings.put("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512,OAUTHBEARER");
    settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    String listener = "listener.name.clients.";
    settings.put(
        listener + "plain.sasl.jaas.config",
        PLAIN
            + " required username=\"admin\" password=\"admin\" user_admin=\"admin\" user_plain=\""
            + PLAIN_PASSWORD
            + "\";");
    settings.put(
        listener + "scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    settings.put(
        listener + "oauthbearer.sasl.jaas.config",
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required"
            + " unsecuredLoginStringClaim_sub=\"admin\";");
    settings.put(
        listener + "oauthbearer.sasl.server.callback.handler.class",
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler");
    settings.put(LocalKafkaMain.TOKEN_KEYS, tokenKeys);
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    settings.put("super.users", "User:admin;User:ANONYMOUS"); // the latter is the controller
    return settings;
  }

  private Map<String, String> administrator() {
    return Map.of(
        "security.protocol",
        "SASL_SSL",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        PLAIN + " required username=\"admin\" password=\"admin\";",
        "ssl.truststore.type",
        "PEM",
        "ssl.truststore.certificates",
        certificates.authority());
  }

  /** For administrators, and for clients with a name and a password or token. */
  public KafkaBroker broker() {
    return broker;
  }

  /** Where clients with a certificate connect. */
  public String mutualBootstrap() {
    return LocalProcess.HOST + ":" + mutualPort;
  }

  /** The CA that the broker's certificate is from, and that it trusts. */
  public TestCertificates certificates() {
    return certificates;
  }

  /** Signs the tokens that the broker takes. */
  public TokenKey tokens() {
    return tokens;
  }

  /** Makes a user for SCRAM-SHA-512, or changes the password. */
  public void user(String name, String password) throws ExecutionException, InterruptedException {
    ScramCredentialInfo kind =
        new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, SCRAM_ITERATIONS);
    try (Admin admin = Admin.create(broker.administrator())) {
      admin
          .alterUserScramCredentials(
              List.of(new UserScramCredentialUpsertion(name, kind, password)))
          .all()
          .get();
      // the broker goes by what its controller has told it, which may be a little later
      Awaitility.await()
          .until(() -> admin.describeUserScramCredentials().all().get().containsKey(name));
    }
  }

  /**
   * Leaves a user exactly these rights.
   *
   * @param rights each as {@code READ TOPIC orders}
   */
  public void allowOnly(String user, String... rights)
      throws ExecutionException, InterruptedException {
    Set<AclBinding> rules =
        Set.of(rights).stream().map(right -> rule(user, right)).collect(Collectors.toSet());
    try (Admin admin = Admin.create(broker.administrator())) {
      admin.createAcls(rules).all().get();
      Set<AclBinding> others = Set.copyOf(its(admin, user));
      admin
          .deleteAcls(
              others.stream()
                  .filter(one -> !rules.contains(one))
                  .map(AclBinding::toFilter)
                  .toList())
          .all()
          .get();
      Awaitility.await().until(() -> Set.copyOf(its(admin, user)), rules::equals);
    }
  }

  private static List<AclBinding> its(Admin admin, String user)
      throws ExecutionException, InterruptedException {
    return admin.describeAcls(AclBindingFilter.ANY).values().get().stream()
        .filter(one -> one.entry().principal().equals("User:" + user))
        .toList();
  }

  private static AclBinding rule(String user, String right) {
    String[] words = right.split(" ", 3);
    return new AclBinding(
        new ResourcePattern(ResourceType.valueOf(words[1]), words[2], PatternType.LITERAL),
        new AccessControlEntry(
            "User:" + user, "*", AclOperation.valueOf(words[0]), AclPermissionType.ALLOW));
  }

  /** Writes a secret to a file of its own; where it is. */
  public static Path secret(Path folder, String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    broker.close();
  }
}
