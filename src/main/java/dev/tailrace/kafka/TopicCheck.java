package dev.tailrace.kafka;

import dev.tailrace.config.Suggestions;
import dev.tailrace.source.UnfitException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Refuses topics that are not there, and names those that may have been meant.
 *
 * @param wanted the names
 * @param bootstrap where they are looked for, for the message
 */
record TopicCheck(Set<String> wanted, String bootstrap) {
  private static final int MOST_NAMED = 10;

  /**
   * Does what the configuration says about topics that are not there. Blocks: for a worker.
   *
   * @param existing the topics that the broker shows this user
   * @throws UnfitException where they must be there, or may not be created
   */
  static void atStart(KafkaSourceConfig config, Collection<String> existing, Duration limit) {
    Subscription subscription = config.subscription();
    switch (subscription.missing()) {
      case FAIL -> new TopicCheck(subscription.topics(), config.bootstrap()).check(existing);
      case CREATE -> {
        List<String> missing = new ArrayList<>(subscription.topics());
        missing.removeAll(existing);
        TopicCreation.createNow(config.client(), missing, limit);
      }
      case WAIT -> {} // the watch tells of them
    }
  }

  /**
   * Compares.
   *
   * @param existing the topics that the broker shows this user
   * @throws UnfitException where one is missing
   */
  void check(Collection<String> existing) {
    List<String> missing = new ArrayList<>(wanted);
    missing.removeAll(existing);
    if (missing.isEmpty()) {
      return;
    }
    StringBuilder text = new StringBuilder();
    for (String topic : missing) {
      text.append(text.isEmpty() ? "" : "; ")
          .append("topic '")
          .append(topic)
          .append("' does not exist on ")
          .append(bootstrap)
          .append(", or this user may not see it; ")
          .append(hint(topic, existing));
    }
    throw new UnfitException(text.toString());
  }

  private static String hint(String topic, Collection<String> existing) {
    Optional<String> similar = Suggestions.nearest(topic, existing);
    if (similar.isPresent()) {
      return "did you mean '" + similar.get() + "'?";
    }
    List<String> shown =
        new TreeSet<>(existing)
            .stream().filter(name -> !name.startsWith("__")).limit(MOST_NAMED).toList();
    return shown.isEmpty() ? "there are no topics" : "there are: " + String.join(", ", shown);
  }
}
