package dev.tailrace.app;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.EffectiveConfig;
import dev.tailrace.message.Origin;
import dev.tailrace.sink.DeadLetter;
import dev.tailrace.sink.SinkFactory;
import dev.tailrace.sink.SinkType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration says of dead letters: where they lie, and the ways back. Made by {@link
 * #read}, which connects nothing and needs no class of the users'. Not thread-safe.
 */
public final class ConfiguredDeadLetters {
  private final ConfigSection root;
  private final Map<String, Optional<SinkFactory>> destinations;
  private final Map<String, SinkFactory> origins = new LinkedHashMap<>(); // owner's thread only

  private ConfiguredDeadLetters(
      ConfigSection root, Map<String, Optional<SinkFactory>> destinations) {
    this.root = root;
    this.destinations = destinations;
  }

  /**
   * Reads a configuration that is valid by {@link PoolSchema}.
   *
   * @throws ConfigException with every mistake that the schema cannot know
   */
  public static ConfiguredDeadLetters read(EffectiveConfig config) throws ConfigException {
    ConfigSection root = config.root();
    List<ConfigError> errors = new ArrayList<>();
    Map<String, Optional<SinkFactory>> destinations = new LinkedHashMap<>();
    for (ConfigSection pipeline : root.sections("pipelines")) {
      Optional<WrittenDeadLetter> written = WrittenDeadLetter.of(pipeline);
      SinkFactory destination = null;
      if (written.isPresent()) {
        try {
          destination = written.get().read(root);
        } catch (ConfigException refused) {
          errors.addAll(refused.errors());
        }
      }
      destinations.put(pipeline.text("name"), Optional.ofNullable(destination));
    }
    if (!errors.isEmpty()) {
      throw new ConfigException(errors.stream().distinct().toList());
    }
    return new ConfiguredDeadLetters(root, destinations);
  }

  /** The name of the pool, which begins the names of what is kept at brokers. */
  public String name() {
    return root.text("name");
  }

  /** The pipelines, in the order in which they are written. */
  public List<String> pipelines() {
    return List.copyOf(destinations.keySet());
  }

  /**
   * Where the dead letters of a pipeline lie, or of all, each destination once.
   *
   * @param pipeline null for all
   */
  public List<SinkFactory> destinations(@Nullable String pipeline) {
    return destinations.entrySet().stream()
        .filter(entry -> pipeline == null || pipeline.equals(entry.getKey()))
        .flatMap(entry -> entry.getValue().stream())
        .distinct()
        .toList();
  }

  /** The topic or stream that a letter had come from; empty where it does not say. */
  public Optional<SinkFactory> origin(DeadLetter letter) {
    Optional<Origin> from = letter.origin();
    if (from.isEmpty()) {
      return Optional.empty();
    }
    for (SinkType type : PoolSchema.deadLetters()) {
      Optional<String> name = type.nameOf(from.get());
      if (name.isPresent()) {
        return Optional.of(way(type, name.get()));
      }
    }
    return Optional.empty();
  }

  /**
   * A topic or stream of another name.
   *
   * @param named as {@code kafka:orders} or {@code redis:payments}
   * @throws IllegalArgumentException where it is neither; the message says what is allowed
   */
  public SinkFactory destination(String named) {
    List<String> allowed = new ArrayList<>();
    for (SinkType type : PoolSchema.deadLetters()) {
      String prefix = type.type() + ":";
      allowed.add(prefix + type.destinationKey().toUpperCase(Locale.ROOT));
      if (named.startsWith(prefix) && named.length() > prefix.length()) {
        return way(type, named.substring(prefix.length()));
      }
    }
    throw new IllegalArgumentException(
        "'" + named + "' names no destination; allowed: " + String.join(" or ", allowed));
  }

  private SinkFactory way(SinkType type, String name) {
    return origins.computeIfAbsent(
        type.type() + ":" + name,
        missing -> {
          try {
            return type.origin(name, root);
          } catch (ConfigException refused) {
            // The sections it reads are those of the destinations, or are right by the schema.
            throw new IllegalStateException(refused.getMessage(), refused);
          }
        });
  }
}
