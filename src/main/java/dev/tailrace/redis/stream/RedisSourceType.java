package dev.tailrace.redis.stream;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.Fragment;
import dev.tailrace.config.ObjectSchema;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisServers;
import dev.tailrace.source.SourceType;
import dev.tailrace.source.Until;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code source: {redis: {…}}}: streams of the server of the root section {@code redis}. */
public final class RedisSourceType implements SourceType {
  private static final Duration SHORTEST_CLAIM_IDLE = Duration.ofSeconds(1);

  /** A stop gives entries back by making them look idle for 30 days. */
  private static final Duration LONGEST_CLAIM_IDLE = Duration.ofDays(1);

  @Override
  public Fragment fragment() {
    ObjectSchema schema =
        ObjectSchema.builder()
            .texts("streams", "The streams")
            .example("streams", "[payments]")
            .object("shards", shards(), "One stream in shards, each read by one instance")
            .exactlyOne("streams", "shards")
            .text("group", null, "The consumer group; made where it is missing")
            .required("group")
            .example("group", "payments")
            .choice(
                "start", null, List.of("earliest", "latest"), "Where a group begins that is new")
            .required("start")
            .example("start", "earliest")
            .choice("until", "stop", List.of("stop", "end"), Until.MEANING)
            .object("fields", fields(), "Which fields of an entry are the message's parts")
            .duration(
                "claim-idle",
                RedisSourceConfig.DEFAULT_CLAIM_IDLE,
                SHORTEST_CLAIM_IDLE,
                LONGEST_CLAIM_IDLE,
                "How long the entries of a consumer that gives no sign stay with it; what is held"
                    + " here is renewed at a third of it")
            .choice(
                "trim",
                "none",
                List.of("none", "acknowledged"),
                "What becomes of acknowledged entries: they stay, or are removed once no group of the"
                    + " stream needs them")
            .build();
    return new Fragment("redis", schema);
  }

  @Override
  public RedisSourceConfig read(ConfigSection section, ConfigSection root) throws ConfigException {
    List<ConfigError> errors = new ArrayList<>();
    @Nullable Shards shards = null;
    if (section.isSet("shards")) {
      ConfigSection its = section.section("shards");
      shards = new Shards(its.text("prefix"), its.integer("count"), its.duration("lease"));
    }
    List<String> streams = shards == null ? section.texts("streams") : shards.names();
    if (new HashSet<>(streams).size() < streams.size()) {
      errors.add(section.error("streams", "names a stream twice", "allowed: each stream once"));
    }
    if (streams.stream().anyMatch(String::isEmpty)) {
      errors.add(section.error("streams", "holds an empty name", "allowed: the names of streams"));
    }
    RedisConfig redis = RedisConfig.read(root);
    if (redis.servers().kind() == RedisServers.Kind.CLUSTER
        && !streams.stream().allMatch(StreamKeys::isPossibleBeside)) {
      errors.add(
          section.error(
              "streams",
              "names one with a closing brace and no hash tag, beside which nothing can be kept in"
                  + " a cluster",
              "allowed: names without braces, or with a tag as in orders-{eu}"));
    }
    ConfigSection names = section.section("fields");
    FieldMapping fields = FieldMapping.DEFAULT;
    try {
      fields = FieldMapping.of(names);
    } catch (IllegalArgumentException e) {
      errors.add(
          section.error("fields", String.valueOf(e.getMessage()), "allowed: such as " + fields));
    }
    if (!errors.isEmpty()) {
      throw new ConfigException(errors);
    }
    return new RedisSourceConfig(
        redis,
        streams,
        section.text("group"),
        section.choice("start", RedisSourceConfig.Start.class),
        fields,
        section.duration("claim-idle"),
        section.choice("trim", RedisSourceConfig.Trim.class),
        shards,
        section.choice("until", Until.class));
  }

  private static ObjectSchema shards() {
    return ObjectSchema.builder()
        .textMatching(
            "prefix",
            null,
            "[^{}]+",
            "text without braces",
            "What the names of the shards begin with: payments:0, payments:1, …")
        .integer(
            "count",
            null,
            1,
            Shards.MOST,
            "How many there are; the same for all who write and read them")
        .required("prefix", "count")
        .example("prefix", "payments")
        .example("count", "8")
        .duration(
            "lease",
            Shards.DEFAULT_LEASE,
            Shards.SHORTEST_LEASE,
            Shards.LONGEST_LEASE,
            "How long an instance that gives no sign keeps its shards, and how long work that runs"
                + " has when one is handed over")
        .build();
  }

  private static ObjectSchema fields() {
    return ObjectSchema.builder()
        .text("key", FieldMapping.DEFAULT.key(), "The field that holds the key")
        .text("value", FieldMapping.DEFAULT.value(), "The field that holds the body")
        .text("headers", FieldMapping.DEFAULT.headers(), "What the fields of headers begin with")
        .build();
  }
}
