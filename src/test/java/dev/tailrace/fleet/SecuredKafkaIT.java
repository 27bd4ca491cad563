package dev.tailrace.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.example.effects.EffectHandler;
import dev.tailrace.local.SecuredKafka;
import dev.tailrace.local.Servers;
import dev.tailrace.local.TestCertificates;
import dev.tailrace.local.TokenKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The fat jar at a broker with TLS, logins and rules. What refuses it does so before the ten
 * seconds of its start-up deadline are over, so not by them.
 */
class SecuredKafkaIT {
  private static final String PASSWORD = "hunter2-right";
  private static final String WRONG_PASSWORD = "hunter2-wrong";
  private static final int MESSAGES = 20;
  private static final int DEAD = 5;

  private static SecuredKafka kafka;
  private static TokenServer tokens;
  private static TestCertificates.Identity client;
  private static TestCertificates.Identity stranger;

  private final String name = Servers.uniqueName("secured");
  private String startup = "10s"; // the deadline

  @TempDir private Path folder;

  /** Every way to prove who one is, and the name that the broker knows then. */
  private enum Way {
    SCRAM("worker"),
    PLAIN("plain"),
    BEARER_TOKEN("orders"),
    CERTIFICATE("CN=client");

    private final String principal;

    Way(String principal) {
      this.principal = principal;
    }
  }

  @BeforeAll
  static void startBroker(@TempDir Path files) throws Exception {
    kafka = new SecuredKafka(files);
    tokens = new TokenServer(kafka.tokens());
    kafka.user("worker", PASSWORD);
    client = kafka.certificates().issue("client");
    stranger = new TestCertificates(files, "stranger").issue("nobody");
  }

  @AfterAll
  static void stopBroker() {
    tokens.close();
    kafka.close();
  }

  @BeforeEach
  void writeSecrets() throws IOException {
    Servers.createTopic(kafka.broker(), name, 1, Map.of());
    Servers.createTopic(kafka.broker(), name + ".dlq", 1, Map.of());
    FatJar.packPlugin(folder.resolve("plugins/effects.jar"), EffectHandler.class);
    SecuredKafka.secret(folder, "ca.pem", kafka.certificates().authority());
    SecuredKafka.secret(folder, "stranger.pem", stranger.chain());
    SecuredKafka.secret(folder, "client.pem", client.chain());
    SecuredKafka.secret(folder, "client.key", client.key());
    SecuredKafka.secret(folder, "password", PASSWORD);
    SecuredKafka.secret(folder, "wrong-password", WRONG_PASSWORD);
    SecuredKafka.secret(folder, "plain-password", SecuredKafka.PLAIN_PASSWORD);
  }

  @ParameterizedTest
  @EnumSource
  void messagesGoFromTheirTopicToTheirEndsAndNoSecretIsPrinted(Way way) throws Exception {
    allowAll(way.principal);
    startup = "60s"; // a busy machine may need more than ten for all that succeeds
    configure(trusted("ca.pem") + login(way, "password"));
    produce();
    Process process =
        FatJar.start(folder, log(), List.of("run", "--report", "report.json"), allowed(tokens));
    try {
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> !process.isAlive() || committed() == MESSAGES);
      process.destroy(); // SIGTERM
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }

    assertThat(process.exitValue()).as(Files.readString(log())).isZero();
    assertThat(Effects.read(folder).distinct(name)).isEqualTo(MESSAGES - DEAD);
    assertThat(Effects.read(folder).repeated()).isEmpty();
    assertThat(end(name + ".dlq")).isEqualTo(DEAD);
    assertThat(FatJar.run(folder, folder.resolve("shown"), List.of("config", "show"))).isZero();
    assertNoSecrets();
  }

  @Test
  void aWrongPasswordIsRefusedWithTheUsersName() throws Exception {
    allowAll(Way.SCRAM.principal);
    configure(trusted("ca.pem") + login(Way.SCRAM, "wrong-password"));

    assertRefused("the broker refuses the login of user 'worker': check name and password");
  }

  @Test
  void aCertificateOfAnUnknownCaIsRefusedWithTheSettingThatNamesTheRightOne() throws Exception {
    allowAll(Way.SCRAM.principal);
    configure(trusted("stranger.pem") + login(Way.SCRAM, "password"));

    assertRefused(
        "certificate is not signed by a CA that is trusted here: give its CA as"
            + " ssl.truststore.certificates");
  }

  @Test
  void missingRightsAreNamedWithOperationResourceAndUser() throws Exception {
    kafka.allowOnly(Way.SCRAM.principal, "DESCRIBE TOPIC " + name, "WRITE TOPIC " + name + ".dlq");
    configure(trusted("ca.pem") + login(Way.SCRAM, "password"));

    assertRefused(
        "user 'worker' lacks READ of topic '%1$s' and READ of group '%1$s'".formatted(name));
  }

  @Test
  void aMissingClientCertificateIsToldFromAnUnknownCa() throws Exception {
    configure(
        trusted("ca.pem")
            + """
              bootstrap.servers: "%s"
              security.protocol: SSL
            """
                .formatted(kafka.mutualBootstrap()));

    assertRefused("the broker ends the TLS handshake: where it asks for certificates, give one");
  }

  @Test
  void aTokenIsFetchedWithTheCredentialsWhereTheProcessMayAndOneOfAStrangersKeyIsRefused()
      throws Exception {
    try (TokenServer others = new TokenServer(new TokenKey())) {
      configure(trusted("ca.pem") + bearer(others.url()));

      assertRefused("org.apache.kafka.sasl.oauthbearer.allowed.urls");
      assertThat(others.askedAs()).isEmpty();
      assertRefused("the broker refuses the login of user 'orders'", allowed(others));
      assertThat(others.askedAs()).contains("orders:" + PASSWORD);
    }
  }

  /** As the fat jar is run in production: the owner of the process says what it may reach. */
  private static Map<String, String> allowed(TokenServer server) {
    return Map.of(
        "JAVA_TOOL_OPTIONS", "-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=" + server.url());
  }

  @Test
  void settingsThatTheClientCannotUseEndAtOnceAndNotAtTheDeadline() throws Exception {
    configure(trusted("password") + login(Way.SCRAM, "password"));

    assertRefused("the client refuses its settings");
  }

  private void assertRefused(String words) throws IOException, InterruptedException {
    assertRefused(words, Map.of());
  }

  private void assertRefused(String words, Map<String, String> environment)
      throws IOException, InterruptedException {
    Process process = FatJar.start(folder, log(), List.of("run"), environment);
    try {
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }

    assertThat(Files.readString(log())).contains("error: ").contains(words);
    assertThat(process.exitValue()).isEqualTo(5);
    assertThat(Files.readString(log())).doesNotContain("startup.deadline (");
    assertNoSecrets();
  }

  /** With all that the clients tell of themselves, at the level {@code debug}. */
  private void assertNoSecrets() throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (List.of("log", "shown", "report.json").contains(file.getFileName().toString())) {
          assertThat(Files.readString(file))
              .as(file.toString())
              .doesNotContain(PASSWORD, WRONG_PASSWORD, SecuredKafka.PLAIN_PASSWORD)
              .doesNotContain(client.key().lines().skip(1).findFirst().orElseThrow());
        }
      }
    }
  }

  private void allowAll(String principal) throws Exception {
    kafka.allowOnly(
        principal, "READ TOPIC " + name, "READ GROUP " + name, "WRITE TOPIC " + name + ".dlq");
  }

  private static String trusted(String file) {
    return """
          ssl.truststore.type: PEM
          ssl.truststore.certificates: "${file:%s}"
        """
        .formatted(file);
  }

  private static String login(Way way, String file) {
    String module = "org.apache.kafka.common.security.";
    return switch (way) {
      case SCRAM ->
          sasl(
              "SCRAM-SHA-512",
              module
                  + "scram.ScramLoginModule required username=\"worker\" password=\"${file:"
                  + file
                  + "}\";");
      case PLAIN ->
          sasl(
              "PLAIN",
              module
                  + "plain.PlainLoginModule required username=\"plain\""
                  + " password=\"${file:plain-password}\";");
      case BEARER_TOKEN -> bearer(tokens.url());
      case CERTIFICATE ->
          """
            bootstrap.servers: "%s"
            security.protocol: SSL
            ssl.keystore.type: PEM
            ssl.keystore.certificate.chain: "${file:client.pem}"
            ssl.keystore.key: "${file:client.key}"
          """
              .formatted(kafka.mutualBootstrap());
    };
  }

  private static String bearer(String url) {
    String handlers = "org.apache.kafka.common.security.oauthbearer.";
    return sasl("OAUTHBEARER", handlers + "OAuthBearerLoginModule required;")
        + """
            sasl.login.callback.handler.class: %sOAuthBearerLoginCallbackHandler
            sasl.oauthbearer.token.endpoint.url: "%s"
            sasl.oauthbearer.client.credentials.client.id: orders
            sasl.oauthbearer.client.credentials.client.secret: "${file:password}"
            sasl.oauthbearer.scope: kafka
          """
            .formatted(handlers, url);
  }

  private static String sasl(String mechanism, String login) {
    return """
          bootstrap.servers: "%s"
          security.protocol: SASL_SSL
          sasl.mechanism: %s
          sasl.jaas.config: '%s'
        """
        .formatted(kafka.broker().bootstrap(), mechanism, login);
  }

  private void configure(String client) throws IOException {
    Files.writeString(
        folder.resolve("tailrace.yaml"),
        """
        name: %1$s
        instance: worker-0
        kafka:
        %2$s
        startup: {deadline: %3$s}
        telemetry: {logs: {level: debug}}
        pipelines:
          - name: orders
            source: {kafka: {topics: [%1$s], group: %1$s, start: earliest}}
            handler: {java: {class: com.example.effects.EffectHandler, config: {file: a.effects}}}
            idempotency: {store: memory, key: "header:id", on-missing: dead-letter}
            dead-letter: {kafka: %1$s.dlq}
        admin: {port: 0}
        probes: {port: 0}
        """
            .formatted(name, client, startup),
        UTF_8);
  }

  private void produce() throws Exception {
    try (var producer =
        new KafkaProducer<>(
            kafka.broker().administrator(), new StringSerializer(), new StringSerializer())) {
      List<? extends Future<?>> sent =
          IntStream.range(0, MESSAGES).mapToObj(i -> producer.send(message(i))).toList();
      for (Future<?> one : sent) {
        one.get();
      }
    }
  }

  private ProducerRecord<String, String> message(int number) {
    ProducerRecord<String, String> message =
        new ProducerRecord<>(name, "key-" + number, "order " + number);
    if (number >= DEAD) {
      message.headers().add("id", ("id-" + number).getBytes(UTF_8));
    }
    return message;
  }

  private long committed() throws Exception {
    try (Admin admin = Admin.create(kafka.broker().administrator())) {
      OffsetAndMetadata committed =
          admin
              .listConsumerGroupOffsets(name)
              .partitionsToOffsetAndMetadata()
              .get()
              .get(new TopicPartition(name, 0));
      return committed == null ? 0 : committed.offset();
    }
  }

  private static long end(String topic) throws Exception {
    TopicPartition partition = new TopicPartition(topic, 0);
    try (Admin admin = Admin.create(kafka.broker().administrator())) {
      return admin
          .listOffsets(Map.of(partition, OffsetSpec.latest()))
          .partitionResult(partition)
          .get()
          .offset();
    }
  }

  private Path log() {
    return folder.resolve("log");
  }
}
