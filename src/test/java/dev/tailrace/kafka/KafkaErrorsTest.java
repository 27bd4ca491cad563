package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.runtime.Reply;
import dev.tailrace.source.UnfitException;
import java.util.List;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.NotCoordinatorException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the client's failures mean: unknown, refused, over for this client, or over for good. */
class KafkaErrorsTest {
  private static final KafkaSourceConfig CLASSIC = KafkaSourceConfig.of("b:1", "group", "orders");
  private static final KafkaSourceConfig CONSUMER =
      CLASSIC.withMembership(Membership.of("group", GroupProtocol.consumer()));

  /** Time-outs, lost connections, and a coordinator that is moving or loading. */
  static List<RuntimeException> unknown() {
    return List.of(
        new TimeoutException("no answer"),
        new DisconnectException("gone"),
        new NotCoordinatorException("moved"),
        new CoordinatorNotAvailableException("moving"),
        new CoordinatorLoadInProgressException("loading"),
        new WakeupException(),
        new InterruptException("interrupted"));
  }

  /** The group has gone on without us, or somebody forbids it: nothing was written. */
  static List<RuntimeException> refused() {
    return List.of(
        new CommitFailedException(),
        new IllegalGenerationException("of an older generation"),
        new UnknownMemberIdException("not a member any more"),
        new StaleMemberEpochException("of an older epoch"),
        new FencedInstanceIdException("another has our id"),
        new OffsetMetadataTooLarge("4097"),
        new TopicAuthorizationException("forbidden"),
        new KafkaException("Unexpected error in commit"));
  }

  @ParameterizedTest
  @MethodSource("unknown")
  void whatMayHaveBeenWrittenIsUnknown(RuntimeException failure) {
    assertThat(KafkaErrors.reply(failure).isUnknown()).isTrue();
    assertThat(KafkaErrors.unfit(failure, CLASSIC)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatWasRefusedWasNotWritten(RuntimeException failure) {
    assertThat(KafkaErrors.reply(failure)).isInstanceOf(Reply.Failed.class);
  }

  @Test
  void aMemberOfTheNewProtocolIsOverWhereTheGroupRefusesItAndAClassicOneTriesAgain() {
    for (RuntimeException refusal :
        List.of(
            new UnreleasedInstanceIdException("held"),
            new FencedInstanceIdException("fenced"),
            new GroupAuthorizationException("group"),
            new GroupIdNotFoundException("no such group"))) {
      assertThat(KafkaErrors.endsMember(refusal, CONSUMER.membership())).isTrue();
      assertThat(KafkaErrors.endsMember(refusal, CLASSIC.membership())).isFalse();
    }
    assertThat(KafkaErrors.endsMember(new TimeoutException(), CONSUMER.membership())).isFalse();
  }

  @Test
  void anotherProtocolIsNamedWithWhatToSetAndAHeldStaticIdIsWaitedFor() {
    assertThat(KafkaErrors.unfit(new InconsistentGroupProtocolException("other"), CLASSIC))
        .map(UnfitException::getMessage)
        .hasValueSatisfying(
            words ->
                assertThat(words)
                    .contains("classic, cooperative-sticky")
                    .contains("source.kafka.assignor"));
    assertThat(KafkaErrors.unfit(new GroupIdNotFoundException("other"), CONSUMER))
        .map(UnfitException::getMessage)
        .hasValueSatisfying(words -> assertThat(words).contains("set source.kafka.protocol"));
    RuntimeException held = new UnreleasedInstanceIdException("held");
    assertThat(KafkaErrors.unfit(held, CONSUMER)).isEmpty();
    assertThat(KafkaErrors.trouble(held, CONSUMER)).contains("it is waited for");
  }
}
