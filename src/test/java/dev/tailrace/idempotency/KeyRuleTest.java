package dev.tailrace.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tailrace.idempotency.KeyRule.OnMissing;
import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.message.TestMessage;
import io.vertx.core.buffer.Buffer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyRuleTest {
  private final TestMessage message = TestMessage.at(33);

  @Test
  void aHeaderIsTheKey() {
    assertThat(key("header:idempotency-key", message.with("idempotency-key", "a-1")))
        .contains("a-1");
    assertThat(key("header:idempotency-key", message)).isEmpty();
    assertThat(key("header:idempotency-key", message.with("idempotency-key", ""))).isEmpty();
  }

  @Test
  void theLastHeaderOfANameCounts() {
    assertThat(key("header:id", message.with("id", "1").with("id", "2"))).contains("2");
  }

  @Test
  void aCloudEventIsKnownBySourceAndIdInBothModes() {
    TestMessage binary = message.with("ce_id", "7").with("ce_source", "/shop");
    TestMessage structured =
        message
            .with("content-type", "application/cloudevents+json; charset=UTF-8")
            .withBody(Buffer.buffer("{\"id\":\"7\",\"source\":\"/shop\"}"));
    assertThat(key("cloudevents", binary)).contains("/shop 7");
    assertThat(key("cloudevents", structured)).contains("/shop 7");
    assertThat(key("cloudevents", message.with("ce-id", "7"))).contains("7");
    assertThat(key("cloudevents", message.with("ce_source", "/shop"))).isEmpty();
  }

  @Test
  void aJsonPointerFindsAScalar() {
    TestMessage json =
        message.withBody(
            Buffer.buffer("{\"o\":{\"id\":12345678901234567890,\"a/b\":[\"x\",true]},\"f\":1.5}"));
    assertThat(key("json:/o/id", json)).contains("12345678901234567890");
    assertThat(key("json:/o/a~1b/0", json)).contains("x");
    assertThat(key("json:/o/a~1b/1", json)).contains("true");
    assertThat(key("json:/o", json)).isEmpty();
    assertThat(key("json:/f", json)).isEmpty();
    assertThat(key("json:/none", json)).isEmpty();
  }

  @Test
  void aPayloadThatIsNoJsonHasNoKey() {
    assertThat(key("json:/id", message)).isEmpty();
    assertThat(key("json:/id", message.withBody(null))).isEmpty();
    assertThat(key("json:/id", message.withBody(Buffer.buffer("[1]")))).isEmpty();
  }

  @Test
  void theRecordKeyAndThePositionAreKeys() {
    assertThat(key("record-key", message)).contains("key");
    assertThat(key("record-key", message.withKey(null))).isEmpty();
    assertThat(key("position", message)).contains("position:orders/1@33");
  }

  @Test
  void aMissingKeyMayBeThePositionWhereThatIsChosen() {
    KeyRule rule = KeyRule.parse("header:id", OnMissing.POSITION);
    assertThat(rule.key(message, "orders")).contains("position:orders/1@33");
    assertThat(rule.key(message.with("id", "a"), "orders")).contains("a");
  }

  @Test
  void aReplayIsAnotherKey() {
    TestMessage replay = message.with("id", "a").with(Headers.REPLAY_ID, "r1");
    assertThat(key("header:id", replay)).contains("replay:r1:a");
  }

  @Test
  void aReplayThatIsSentTwiceIsOneMessageThoughItsPositionsDiffer() {
    TestMessage replay = message.with(Headers.REPLAY_ID, "r1");
    TestMessage sentAgain = TestMessage.at(34).with(Headers.REPLAY_ID, "r1");
    assertThat(key("position", replay)).isEqualTo(key("position", sentAgain)).isPresent();
    assertThat(key("position", TestMessage.at(34).with(Headers.REPLAY_ID, "r2")))
        .isNotEqualTo(key("position", replay));
    KeyRule orElsePosition = KeyRule.parse("header:id", OnMissing.POSITION);
    assertThat(orElsePosition.key(replay, "orders"))
        .isEqualTo(orElsePosition.key(sentAgain, "orders"));
  }

  @Test
  void aReplayIsTheSameMessageToOtherPipelinesThanTheOneItDiedIn() {
    TestMessage replay =
        message
            .with("id", "a")
            .with(Headers.REPLAY_ID, "r1")
            .with(Headers.REPLAY_PIPELINE, "orders");
    KeyRule rule = KeyRule.parse("header:id", OnMissing.DEAD_LETTER);
    assertThat(rule.key(replay, "orders")).contains("replay:r1:a");
    assertThat(rule.key(replay, "invoices")).contains("a");
  }

  @Test
  void aColonInAnIdIsNotTheOneThatEndsIt() {
    TestMessage one = message.withKey(Buffer.buffer("c")).with(Headers.REPLAY_ID, "a:b");
    TestMessage other = message.withKey(Buffer.buffer("b:c")).with(Headers.REPLAY_ID, "a");
    TestMessage third = message.withKey(Buffer.buffer("c")).with(Headers.REPLAY_ID, "a%3Ab");
    assertThat(Set.of(key("record-key", one), key("record-key", other), key("record-key", third)))
        .hasSize(3);
  }

  @Test
  void differentIdentitiesMakeDifferentKeys() {
    Set<String> keys = new HashSet<>();
    String longText = "x".repeat(2_000);
    List<Buffer> identities =
        List.of(
            Buffer.buffer("a"),
            Buffer.buffer(new byte[] {(byte) 0xff}),
            Buffer.buffer(new byte[] {(byte) 0xfe}),
            Buffer.buffer("bytes:ff"),
            Buffer.buffer("text:bytes:ff"),
            Buffer.buffer("position:orders/1@33"),
            Buffer.buffer("replay:r1:a"),
            Buffer.buffer(longText),
            Buffer.buffer(longText + "y"));
    for (Buffer identity : identities) {
      keys.add(key("record-key", message.withKey(identity)).orElseThrow());
    }
    keys.add(key("position", message).orElseThrow());
    keys.add(
        key("record-key", message.withKey(Buffer.buffer("a")).with(Headers.REPLAY_ID, "r1"))
            .orElseThrow());
    assertThat(keys).hasSize(identities.size() + 2);
    assertThat(keys).allMatch(key -> key.length() <= KeyRule.MAX_LENGTH);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "header",
        "header:",
        "headers:x",
        "json",
        "json:",
        "position:3",
        "cloudevents:1",
        "uuid"
      })
  void aRuleThatIsNoneIsRefusedWithWhatIsAllowed(String rule) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KeyRule.parse(rule, OnMissing.DEAD_LETTER))
        .withMessageContaining("\"" + rule + "\"")
        .withMessageContaining(
            "allowed: header:NAME, cloudevents, json:/pointer, record-key, position");
  }

  @ParameterizedTest
  @ValueSource(strings = {"json:id", "json:/a~b", "json:/a~"})
  void aPointerThatIsNoneIsRefused(String rule) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KeyRule.parse(rule, OnMissing.DEAD_LETTER))
        .withMessageContaining("not a JSON pointer")
        .withMessageContaining("allowed: /name/name");
  }

  @Test
  void onMissingIsOneOfTwo() {
    assertThat(OnMissing.parse("position")).isEqualTo(OnMissing.POSITION);
    assertThat(OnMissing.parse("dead-letter")).isEqualTo(OnMissing.DEAD_LETTER);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OnMissing.parse("skip"))
        .withMessageContaining("allowed: dead-letter, position");
  }

  @Test
  void noBodyAndAnEmptyBodyHaveDifferentHashes() {
    assertThat(PayloadHash.of(null)).isNotEqualTo(PayloadHash.of(Buffer.buffer())).hasSize(64);
    assertThat(PayloadHash.of(Buffer.buffer("abc")))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  private static Optional<String> key(String rule, Message message) {
    return KeyRule.parse(rule, OnMissing.DEAD_LETTER).key(message, "orders");
  }
}
