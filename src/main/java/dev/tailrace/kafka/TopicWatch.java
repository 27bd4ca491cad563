package dev.tailrace.kafka;

import dev.tailrace.observe.Alarm;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Timer;
import dev.tailrace.source.Partition;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.StartingPoint;
import dev.tailrace.source.TopicIdentities;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then whether the topics are there, and whether they are still the same ones. A
 * consumer goes on in a topic that was deleted and made anew as if nothing had happened, and so
 * passes over what was written there below its position; only the topic's id tells. Event loop
 * only.
 */
final class TopicWatch {
  private static final long LEAST_INTERVAL_MILLIS = 100;
  private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);

  private final SourceEnvironment environment;
  private final Loop loop;
  private final KafkaSourceConfig config;
  private final Duration interval;
  private final Supplier<Map<Partition, String>> assigned;
  private final Consumer<Partition> remade;
  private final TopicIds asked;

  private final TopicIdentities ids = new TopicIdentities(); // event loop only
  private final Set<String> missing = new HashSet<>(); // event loop only
  private @Nullable Timer next; // event loop only
  private boolean looking; // event loop only; a question is under way
  private boolean again; // event loop only; something was assigned since it was asked
  private boolean closed; // event loop only

  /**
   * Makes a watch that does not look yet.
   *
   * @param assigned what is assigned now, with its topics
   * @param remade told of each assigned partition whose topic has become another one
   * @param asked for the ids of topics; closed with this
   */
  TopicWatch(
      SourceEnvironment environment,
      KafkaSourceConfig config,
      Supplier<Map<Partition, String>> assigned,
      Consumer<Partition> remade,
      TopicIds asked) {
    this.environment = environment;
    this.loop = environment.loop();
    this.config = config;
    this.assigned = assigned;
    this.remade = remade;
    this.asked = asked;
    Object age =
        ClientSettings.consumer(config, environment, "")
            .get(ConsumerConfig.METADATA_MAX_AGE_CONFIG);
    this.interval =
        Duration.ofMillis(Math.max(LEAST_INTERVAL_MILLIS, Long.parseLong(String.valueOf(age))));
  }

  /** Partitions go on here; looks whether that is the topic that they are of. */
  void started(List<StartingPoint> points) {
    ids.started(points);
    look();
  }

  /** The broker holds a position of what is read in this partition. */
  void committed(Partition partition) {
    ids.committed(partition);
  }

  /** Looks now, and from then on once in the age that the client allows its metadata. */
  void look() {
    if (closed || looking) {
      again = looking;
      return;
    }
    if (next != null) {
      next.cancel();
    }
    Map<Partition, String> before = new LinkedHashMap<>(assigned.get());
    Set<String> topics = new HashSet<>(config.subscription().topics());
    topics.addAll(before.values());
    if (topics.isEmpty()) {
      next = loop.after(interval, this::look);
      return;
    }
    looking = true;
    loop.enter(asked.of(topics)).onComplete(found -> looked(before, found), this::unanswered);
  }

  private void unanswered(Throwable failure) {
    LOG.debug("the topics of {} are not told of", config.describe(), failure);
    later();
  }

  private void later() {
    looking = false;
    if (closed) {
      return;
    }
    next = loop.after(again ? Duration.ZERO : interval, this::look);
    again = false;
  }

  /**
   * Compares.
   *
   * @param before what was assigned when the question was asked, so that the answer is not older
   */
  private void looked(Map<Partition, String> before, Map<String, Optional<UUID>> found) {
    if (closed) {
      return;
    }
    found.forEach((topic, id) -> id.ifPresentOrElse(it -> there(topic, it), () -> gone(topic)));
    Map<Partition, String> now = assigned.get();
    ids.assigned(now.keySet());
    before.forEach(
        (partition, topic) -> {
          Optional<UUID> id = found.getOrDefault(topic, Optional.empty());
          if (id.isPresent()
              && now.containsKey(partition)
              && ids.isRemade(partition, topic, id.get())) {
            remade.accept(partition);
          }
        });
    later();
  }

  private void there(String topic, UUID id) {
    if (missing.remove(topic)) {
      LOG.atInfo()
          .addKeyValue("pipeline", environment.pipeline())
          .addKeyValue("source", topic)
          .log("the topic is there");
    }
    if (ids.there(topic, id)) {
      alarm(topic, Alarm.SOURCE_RESET, "the topic was made anew: its positions restart");
    }
  }

  private void gone(String topic) {
    if (missing.add(topic)) {
      alarm(topic, Alarm.SOURCE_MISSING, "the topic is not there: it is read when it is");
    }
    if (!config.subscription().topics().contains(topic)) {
      ids.forget(topic); // of topics that come and go below a pattern nothing is kept
      missing.remove(topic);
    }
  }

  private void alarm(String topic, Alarm kind, String detail) {
    environment.events().alarm(environment.pipeline(), topic, kind, detail);
  }

  /** Looks no more; never fails, twice is fine. */
  Future<Void> close() {
    closed = true;
    if (next != null) {
      next.cancel();
    }
    return asked.close();
  }
}
