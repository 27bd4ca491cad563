package dev.tailrace.kafka;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.Fragment;
import dev.tailrace.config.ObjectSchema;
import dev.tailrace.config.ObjectSchemaBuilder;
import dev.tailrace.source.PositionMetadata;
import dev.tailrace.source.SourceConfig;
import dev.tailrace.source.SourceType;
import dev.tailrace.source.Until;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;

/** {@code source: {kafka: {…}}}: members of a consumer group. */
public final class KafkaSourceType implements SourceType {
  private static final int MOST_CONSUMERS = 1_000;

  @Override
  public Fragment fragment() {
    ObjectSchema schema =
        reading()
            .text("group", null, "The consumer group")
            .required("group")
            .example("group", "orders")
            .integer("consumers", 1, 1, MOST_CONSUMERS, "Members of the group in this process")
            .choice(
                "protocol",
                GroupProtocol.CLASSIC,
                GroupProtocol.labels(),
                "How the group agrees, the same for all its members: its members divide the"
                    + " partitions, or the brokers (consumer: KIP-848)")
            .choice(
                "assignor",
                Assignor.COOPERATIVE_STICKY.label(),
                Assignor.labels(),
                "How a classic group divides its partitions, the same for all its members; without"
                    + " a meaning under protocol consumer, where only the default may stand here")
            .text(
                "static-id",
                null,
                "Makes static members, STATIC-ID-0 and on: unique among the processes of the group")
            .choice(
                "on-close",
                OnClose.LEAVE.label(),
                List.of(OnClose.LEAVE.label(), OnClose.REMAIN.label()),
                "Whether a stop leaves the group; remain needs static-id, and a restart within the"
                    + " session time-out then moves nothing")
            .duration(
                "revoke-deadline",
                Membership.DEFAULT_REVOKE_DEADLINE,
                Duration.ofMillis(100),
                Duration.ofMinutes(10),
                "How long a rebalance waits for running handlers; less than half of"
                    + " max.poll.interval.ms")
            .build();
    return new Fragment("kafka", schema);
  }

  /** What is read, and from where. */
  private static ObjectSchemaBuilder reading() {
    return ObjectSchema.builder()
        .texts("topics", "The topics that are read")
        .example("topics", "[orders]")
        .text("pattern", null, "A Java regular expression for the whole names of topics")
        .exactlyOne("topics", "pattern")
        .textMatching(
            "start",
            null,
            "earliest|latest|none|timestamp:.+",
            "earliest, latest, none or timestamp: with a time such as 2026-01-31T00:00:00Z",
            "Where a group begins that has no position; none refuses to")
        .required("start")
        .example("start", "earliest")
        .choice("until", "stop", List.of("stop", "end"), Until.MEANING)
        .choice(
            "out-of-range",
            OutOfRange.EARLIEST.label(),
            OutOfRange.labels(),
            "What becomes of a partition whose next position the broker does not hold, beside an"
                + " alarm: earliest goes on at the oldest message that is left, hold reads no"
                + " further until the process starts again")
        .choice(
            "missing-topics",
            MissingTopics.FAIL.label(),
            MissingTopics.labels(),
            "Whether topics that are not there refuse the start, are waited for, or are created"
                + " as the brokers have it by default");
  }

  @Override
  public SourceConfig read(ConfigSection section, ConfigSection root) throws ConfigException {
    List<ConfigError> errors = new ArrayList<>();
    Optional<Subscription> subscription = subscription(section, errors);
    Optional<StartPosition> start = start(section, errors);
    Optional<KafkaClientConfig> client = client(root, errors);
    Optional<Membership> membership =
        client.flatMap(settings -> membership(section, settings, errors));
    if (subscription.isEmpty() || start.isEmpty() || client.isEmpty() || membership.isEmpty()) {
      throw new ConfigException(errors);
    }
    return new KafkaSourceConfig(
        client.get(),
        subscription.get(),
        membership.get(),
        start.get(),
        section.integer("consumers"),
        window(section, root),
        section.choice("out-of-range", OutOfRange.class),
        section.choice("until", Until.class));
  }

  private static Optional<KafkaClientConfig> client(ConfigSection root, List<ConfigError> errors) {
    try {
      return Optional.of(KafkaClientConfig.read(root));
    } catch (ConfigException refused) {
      errors.addAll(refused.errors());
      return Optional.empty();
    }
  }

  private static Optional<Subscription> subscription(
      ConfigSection section, List<ConfigError> errors) {
    Optional<String> pattern = section.optionalText("pattern");
    MissingTopics missing = section.choice("missing-topics", MissingTopics.class);
    if (pattern.isPresent() && missing == MissingTopics.CREATE) {
      errors.add(
          section.error(
              "missing-topics", "a pattern names no topic to create", "allowed: fail, wait"));
      return Optional.empty();
    }
    try {
      return Optional.of(
          (pattern.isPresent()
                  ? Subscription.pattern(pattern.get())
                  : Subscription.topics(new LinkedHashSet<>(section.texts("topics"))))
              .whenMissing(missing));
    } catch (PatternSyntaxException e) {
      errors.add(
          section.error(
              "pattern",
              "'" + e.getPattern() + "' is no regular expression: " + e.getDescription(),
              "allowed: a Java regular expression"));
    }
    return Optional.empty();
  }

  private static Optional<StartPosition> start(ConfigSection section, List<ConfigError> errors) {
    try {
      return Optional.of(StartPosition.parse(section.text("start")));
    } catch (IllegalArgumentException e) {
      errors.add(
          section.error(
              "start",
              String.valueOf(e.getMessage()),
              "allowed: earliest, latest, none or timestamp:2026-01-31T00:00:00Z"));
    }
    return Optional.empty();
  }

  private static Optional<Membership> membership(
      ConfigSection section, KafkaClientConfig client, List<ConfigError> errors) {
    OnClose onClose = section.choice("on-close", OnClose.class);
    Optional<String> staticId = section.optionalText("static-id");
    if (onClose == OnClose.REMAIN && staticId.isEmpty()) {
      errors.add(
          section.error(
              "on-close",
              "a member without an id cannot remain",
              "allowed: remain with static-id"));
      return Optional.empty();
    }
    Optional<GroupProtocol> protocol = protocol(section, client, errors);
    Duration deadline = section.duration("revoke-deadline");
    Duration most = KafkaSourceConfig.mostRevokeDeadline(client);
    if (deadline.compareTo(most) >= 0) {
      errors.add(
          section.error(
              "revoke-deadline",
              "is not less than half of max.poll.interval.ms",
              "allowed: less than " + most.toMillis() + "ms"));
      return Optional.empty();
    }
    return protocol.map(
        agreed ->
            new Membership(
                section.text("group"), agreed, staticId.orElse(null), onClose, deadline));
  }

  private static Optional<GroupProtocol> protocol(
      ConfigSection section, KafkaClientConfig client, List<ConfigError> errors) {
    if (section.choice("protocol").equals(GroupProtocol.CLASSIC)) {
      return Optional.of(GroupProtocol.classic(section.choice("assignor", Assignor.class)));
    }
    // The default, written down as config show does, is nobody's choice.
    if (section.isSet("assignor")
        && section.choice("assignor", Assignor.class) != Assignor.COOPERATIVE_STICKY) {
      errors.add(
          section.error(
              "assignor",
              "does not go with protocol 'consumer', where the brokers divide the partitions",
              "allowed: no value, or protocol: classic"));
      return Optional.empty();
    }
    Optional<String> ofClassic = ClientKeys.ofClassicGroupsOnly(client);
    ofClassic.ifPresent(
        key ->
            errors.add(
                section.error(
                    "protocol",
                    "'consumer' does not go with kafka." + key + ", which the brokers set then",
                    "allowed: classic, or group.consumer." + key + " at the brokers instead")));
    return ofClassic.isPresent() ? Optional.empty() : Optional.of(GroupProtocol.consumer());
  }

  /** The window is a key of the pipeline around this section. */
  private static int window(ConfigSection section, ConfigSection root) {
    return root.sections("pipelines").stream()
        .filter(pipeline -> section.path().startsWith(pipeline.path() + "."))
        .findFirst()
        .map(pipeline -> pipeline.section("buffer").integer("window"))
        .orElse(PositionMetadata.MAX_WINDOW);
  }
}
