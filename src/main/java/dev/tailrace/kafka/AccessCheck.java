package dev.tailrace.kafka;

import dev.tailrace.source.UnfitException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses a user who lacks a right that will be needed, and names every such right at once; the
 * broker would name them one by one, some of them only after the start. What it does not answer is
 * no reason to refuse. Blocks: for a worker.
 */
final class AccessCheck {
  private static final Logger LOG = LoggerFactory.getLogger(AccessCheck.class);

  private final Admin admin;
  private final KafkaClientConfig client;
  private final Duration limit;
  private final List<String> missing = new ArrayList<>(); // the worker only

  /**
   * Before the first question.
   *
   * @param client whose settings the admin has, for the message
   * @param limit of each question
   */
  AccessCheck(Admin admin, KafkaClientConfig client, Duration limit) {
    this.admin = admin;
    this.client = client;
    this.limit = limit;
  }

  /**
   * Asks for what a consumer needs.
   *
   * @param visible the topics that the broker shows this user
   * @throws UnfitException where it is not allowed
   */
  static void reading(KafkaSourceConfig config, Collection<String> visible, Duration limit) {
    List<String> topics =
        visible.stream().filter(topic -> config.subscription().matches(topic)).sorted().toList();
    try (Admin admin = Admin.create(ClientKeys.ofAdmin(config.client()))) {
      AccessCheck check = new AccessCheck(admin, config.client(), limit);
      check.topics(topics, AclOperation.READ);
      check.group(config.membership().group());
      admin.close(Duration.ZERO); // left to the end of the block it waits for a silent broker
      check.refuseWhatIsMissing();
    }
  }

  /**
   * Asks for what a producer needs.
   *
   * @throws UnfitException where it is not allowed
   */
  void writing(String topic) {
    topics(List.of(topic), AclOperation.WRITE);
    refuseWhatIsMissing();
  }

  private void topics(List<String> topics, AclOperation needed) {
    var asked =
        admin.describeTopics(topics, new DescribeTopicsOptions().includeAuthorizedOperations(true));
    try {
      AdminAnswer.of(asked.allTopicNames(), limit).values().stream()
          .sorted(Comparator.comparing(TopicDescription::name))
          .filter(topic -> lacks(topic.authorizedOperations(), needed))
          .forEach(topic -> missing.add(needed + " of topic '" + topic.name() + "'"));
    } catch (KafkaException unknown) {
      LOG.debug("the rights to {} on {} are not known", topics, client.bootstrap(), unknown);
    }
  }

  private void group(String group) {
    var asked =
        admin.describeConsumerGroups(
            List.of(group), new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true));
    boolean refused = false;
    try {
      refused =
          AdminAnswer.of(asked.all(), limit).values().stream()
              .anyMatch(found -> lacks(found.authorizedOperations(), AclOperation.READ));
    } catch (AuthorizationException hidden) {
      refused = true;
    } catch (KafkaException unknown) {
      LOG.debug("the rights to group {} on {} are not known", group, client.bootstrap(), unknown);
    }
    if (refused) {
      missing.add(AclOperation.READ + " of group '" + group + "'");
    }
  }

  /** A broker that does not say is given the benefit of the doubt. */
  private static boolean lacks(@Nullable Set<AclOperation> allowed, AclOperation needed) {
    return allowed != null && !allowed.contains(needed) && !allowed.contains(AclOperation.ALL);
  }

  private void refuseWhatIsMissing() {
    if (!missing.isEmpty()) {
      throw new UnfitException(
          "kafka "
              + client.bootstrap()
              + ": "
              + ClientIdentity.words(client)
              + " lacks "
              + String.join(" and ", missing));
    }
  }
}
