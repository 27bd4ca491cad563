package dev.tailrace.kafka;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.Fragment;
import dev.tailrace.config.ObjectSchema;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of Kafka's own clients that all sources and sinks share; the root section {@code
 * kafka}. Immutable; prints without its values, which may be secret.
 *
 * @param settings native keys, among those of {@link ClientKeys}; always {@code bootstrap.servers}
 */
public record KafkaClientConfig(Map<String, String> settings) {
  /** The key that says where the brokers are. */
  public static final String BOOTSTRAP = "bootstrap.servers";

  private static final String SECTION = "kafka";
  private static final String DEFAULT_BOOTSTRAP = "localhost:9092";

  /** Copies the settings, and refuses keys that are unknown or ours. */
  public KafkaClientConfig {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    settings.forEach(
        (key, value) ->
            ClientKeys.problem(key, value)
                .ifPresent(
                    problem -> {
                      throw new IllegalArgumentException(key + ": " + problem);
                    }));
    if (!settings.containsKey(BOOTSTRAP)) {
      throw new IllegalArgumentException(BOOTSTRAP + " is missing");
    }
  }

  /** The brokers at these addresses, {@code host:port} with commas between. */
  public static KafkaClientConfig of(String bootstrap) {
    return new KafkaClientConfig(Map.of(BOOTSTRAP, bootstrap));
  }

  /**
   * One setting more, in place of what it was.
   *
   * @throws IllegalArgumentException for a key that is not allowed; the message says what is
   *     instead
   */
  public KafkaClientConfig with(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(settings);
    more.put(key, value);
    return new KafkaClientConfig(more);
  }

  /** Where the brokers are. */
  public String bootstrap() {
    return settings.getOrDefault(BOOTSTRAP, DEFAULT_BOOTSTRAP);
  }

  /** The root section {@code kafka} of the configuration. */
  public static Fragment fragment() {
    ObjectSchema schema =
        ObjectSchema.builder()
            .text(
                BOOTSTRAP,
                DEFAULT_BOOTSTRAP,
                "The brokers, host:port with commas between; beside it, native keys of the clients")
            .nativeKeys(ClientKeys.allowed(), ClientKeys.ours())
            .build();
    return new Fragment(SECTION, schema);
  }

  /**
   * Reads the section {@code kafka}.
   *
   * @param root the whole configuration
   * @throws ConfigException for keys that are ours, with what to set instead
   */
  public static KafkaClientConfig read(ConfigSection root) throws ConfigException {
    ConfigSection section = root.section(SECTION);
    Map<String, String> settings = section.rawTexts();
    List<ConfigError> errors = new ArrayList<>();
    settings.forEach(
        (key, value) -> {
          Optional<String> problem = ClientKeys.problem(key, value);
          problem.ifPresent(text -> errors.add(section.error(key, text, ClientKeys.allowed(key))));
        });
    if (!errors.isEmpty()) {
      throw new ConfigException(errors);
    }
    return new KafkaClientConfig(settings);
  }

  /** The keys, never a value. */
  @Override
  public String toString() {
    return bootstrap() + " " + settings.keySet();
  }
}
