package dev.tailrace.kafka;

import static java.util.stream.Collectors.joining;

import dev.tailrace.runtime.Reply;
import dev.tailrace.source.UnfitException;
import java.util.Optional;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupMaxSizeReachedException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/** Reads the client's exceptions: what is unknown, what is refused, and what no retry can mend. */
final class KafkaErrors {
  private KafkaErrors() {}

  /**
   * The reply that an exception stands for. Time-outs, wakeups, interrupts and everything that
   * Kafka calls retriable (lost connections above all) leave open whether the request was carried
   * out.
   */
  static <T> Reply<T> reply(RuntimeException failure) {
    boolean unknown =
        failure instanceof RetriableException
            || failure instanceof WakeupException
            || failure instanceof InterruptException;
    return unknown ? Reply.unknown(failure) : Reply.failed(failure);
  }

  /**
   * What to tell the user of a client that is in no group, where trying again cannot help; empty
   * where it may.
   *
   * @param who the client, for the message
   * @param needed what it does with its topic
   */
  static Optional<UnfitException> unfit(
      Throwable failure, KafkaClientConfig client, String who, AclOperation needed) {
    if (failure instanceof UnfitException unfit) {
      return Optional.of(unfit);
    }
    return new Refusal(client, needed)
        .words(failure)
        .map(words -> new UnfitException(who + ": " + words + " (" + text(failure) + ")", failure));
  }

  /** As above, of a member of a group. */
  static Optional<UnfitException> unfit(Throwable failure, KafkaSourceConfig config) {
    String words = groupRefusal(failure, config.membership());
    return words.isEmpty()
        ? unfit(
            named(failure, config),
            config.client(),
            "kafka " + config.bootstrap(),
            AclOperation.READ)
        : Optional.of(new UnfitException(words + " (" + text(failure) + ")", failure));
  }

  /** Under KIP-848 the client does not say which group. */
  private static Throwable named(Throwable failure, KafkaSourceConfig config) {
    return failure instanceof GroupAuthorizationException group && group.groupId() == null
        ? GroupAuthorizationException.forGroupId(config.membership().group())
        : failure;
  }

  private static String groupRefusal(Throwable failure, Membership membership) {
    String group = membership.group();
    if (failure instanceof InconsistentGroupProtocolException
        || failure instanceof GroupIdNotFoundException) {
      return ("the group %s is used with another protocol or assignor than %s: set %s to that of its"
              + " members, or stop them first")
          .formatted(
              group,
              membership.protocol(),
              membership.protocol().isClassic()
                  ? "source.kafka.assignor or source.kafka.protocol"
                  : "source.kafka.protocol");
    }
    if (failure instanceof FencedInstanceIdException) {
      return "another consumer of the group " + group + " uses the same static-id";
    }
    return failure instanceof NoOffsetForPartitionException
        ? "the group " + group + " has no position and start is none"
        : "";
  }

  /** What the trouble is, where trying again may help. */
  static String trouble(Throwable failure, KafkaSourceConfig config) {
    String words =
        failure instanceof UnreleasedInstanceIdException
            ? ("the group %s still has a member of this static-id, which may have died: it is waited"
                    + " for")
                .formatted(config.membership().group())
            : "no answer from " + config.bootstrap();
    return words + ": " + text(failure);
  }

  /**
   * Whether the client is of no use after this, although another one may be: under KIP-848 a member
   * never gets over a refusal of the group. A static member that died keeps its id until its
   * session has run out.
   */
  static boolean endsMember(RuntimeException failure, Membership membership) {
    return !membership.protocol().isClassic()
        && (failure instanceof UnreleasedInstanceIdException
            || failure instanceof FencedInstanceIdException
            || failure instanceof GroupIdNotFoundException
            || failure instanceof GroupMaxSizeReachedException
            || failure instanceof GroupAuthorizationException);
  }

  /** One line that says what happened, with the cause where the client hides it in one. */
  static String text(Throwable failure) {
    StringBuilder text = new StringBuilder(failure.getClass().getSimpleName());
    String message = failure.getMessage();
    if (message != null) {
      // some hold the stack trace of another
      String told =
          message.lines().filter(line -> !line.startsWith("\tat ")).limit(3).collect(joining(" "));
      text.append(": ").append(told.replaceAll("\\s+", " "));
    }
    Throwable cause = failure.getCause();
    if (cause != null && cause != failure && !repeats(message, cause.getMessage())) {
      text.append(" (").append(text(cause)).append(')');
    }
    return text.toString();
  }

  private static boolean repeats(@Nullable String message, @Nullable String cause) {
    return message != null && cause != null && message.contains(cause);
  }
}
