package dev.tailrace.app;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSchema;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.ExtensionPoint;
import dev.tailrace.config.Fragment;
import dev.tailrace.config.ObjectSchema;
import dev.tailrace.idempotency.MemoryStoreType;
import dev.tailrace.idempotency.StoreType;
import dev.tailrace.kafka.KafkaClientConfig;
import dev.tailrace.kafka.KafkaSinkType;
import dev.tailrace.kafka.KafkaSourceType;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.sink.RedisSinkType;
import dev.tailrace.redis.store.RedisStoreType;
import dev.tailrace.redis.stream.RedisSourceType;
import dev.tailrace.sink.SinkFactory;
import dev.tailrace.sink.SinkType;
import dev.tailrace.source.SourceType;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;

/**
 * All that a configuration may name: the one list of sources, stores, dead letters and handlers.
 */
public final class PoolSchema {
  /** The handler that writes a line per message. */
  static final String LOG = "log";

  /** The handler of a class of the user's. */
  static final String JAVA = "java";

  private static final List<Fragment> SECTIONS =
      List.of(KafkaClientConfig.fragment(), RedisConfig.fragment());
  private static final List<SourceType> SOURCES =
      List.of(new KafkaSourceType(), new RedisSourceType());
  private static final List<SinkType> DEAD_LETTERS =
      List.of(new KafkaSinkType(), new RedisSinkType());
  private static final List<StoreType> STORES =
      List.of(new MemoryStoreType(), new RedisStoreType());
  private static final List<Fragment> HANDLERS =
      List.of(
          Fragment.of(LOG), // first, since the file that `init` writes has to run as it is
          new Fragment(
              JAVA,
              ObjectSchema.builder()
                  .text("class", null, "A handler, or a HandlerFactory, by its full name")
                  .required("class")
                  .example("class", "com.acme.Orders")
                  .map("config", "What the handler's environment gives it")
                  .build()));

  private PoolSchema() {}

  /** The schema of a whole configuration. */
  public static ConfigSchema schema() {
    ConfigSchema.Builder schema = ConfigSchema.builder();
    SECTIONS.forEach(schema::section);
    SOURCES.forEach(type -> schema.extension(ExtensionPoint.SOURCE, type.fragment()));
    HANDLERS.forEach(handler -> schema.extension(ExtensionPoint.HANDLER, handler));
    STORES.forEach(type -> schema.extension(ExtensionPoint.STORE, Fragment.of(type.type())));
    DEAD_LETTERS.forEach(type -> schema.extension(ExtensionPoint.DEAD_LETTER, type.fragment()));
    return schema.build();
  }

  /**
   * A destination by its type, as under {@code dead-letter}.
   *
   * @param type as {@code kafka}
   * @param destination the topic or stream
   * @param root the whole configuration
   */
  public static SinkFactory sink(String type, String destination, ConfigSection root)
      throws ConfigException {
    return deadLetter(type).read(destination, root);
  }

  static SourceType source(String type) {
    return of(type, SOURCES, one -> one.fragment().type());
  }

  /** All kinds of destinations. */
  static List<SinkType> deadLetters() {
    return DEAD_LETTERS;
  }

  static SinkType deadLetter(String type) {
    return of(type, DEAD_LETTERS, SinkType::type);
  }

  static StoreType store(String type) {
    return of(type, STORES, StoreType::type);
  }

  private static <T> T of(String type, List<T> types, Function<T, String> name) {
    return types.stream()
        .filter(one -> name.apply(one).equals(type))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("no type " + type));
  }
}
