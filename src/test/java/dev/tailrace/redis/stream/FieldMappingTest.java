package dev.tailrace.redis.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Origin;
import dev.tailrace.sink.OutgoingMessage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.ParserHandler;
import io.vertx.redis.client.impl.RESPParser;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Entries become messages and messages become entries, byte for byte. */
class FieldMappingTest {
  private static final Origin ORIGIN = Origin.entry("payments", 5, 0);
  private static final Buffer BYTES = Buffer.buffer(new byte[] {0, (byte) 0xff, 13, 10, -61});

  @Test
  void keyValueAndPrefixedFieldsAreKeyBodyAndHeaders() {
    RedisMessage message =
        read(text("h.b"), BYTES, text("key"), BYTES, text("value"), BYTES, text("h.a"), text("1"));

    assertThat(message.key()).isEqualTo(BYTES);
    assertThat(message.body()).isEqualTo(BYTES);
    assertThat(message.headers()).isEqualTo(Headers.empty().with("b", BYTES).with("a", "1"));
    assertThat(message.origin()).isEqualTo(ORIGIN);
  }

  @Test
  void otherFieldsBesideTheValueAreHeadersUnderTheirOwnName() {
    RedisMessage message = read(text("value"), text("v"), text("tenant"), text("7"));

    assertThat(message.body()).isEqualTo(text("v"));
    assertThat(message.headers()).isEqualTo(Headers.empty().with("tenant", "7"));
  }

  @Test
  void anEntryWithoutTheValueFieldIsGivenWholeAsJson() {
    RedisMessage message =
        read(text("amount"), text("12"), text("name"), text("Zoë \"x\""), text("key"), text("k"));

    assertThat(message.key()).isEqualTo(text("k"));
    assertThat(new JsonObject(message.body()))
        .isEqualTo(new JsonObject().put("amount", "12").put("name", "Zoë \"x\"").put("key", "k"));
  }

  @Test
  void bytesThatAreNoTextAreBase64InJson() {
    RedisMessage message = read(text("blob"), BYTES);

    assertThat(new JsonObject(message.body()).getJsonObject("blob").getBinary("base64"))
        .isEqualTo(BYTES.getBytes());
  }

  @Test
  void anEntryOfKeyAndHeadersOnlyHasNoBody() {
    RedisMessage message = read(text("key"), text("k"), text("h.a"), text("1"));

    assertThat(message.body()).isNull();
    assertThat(message.headers().text("a")).isEqualTo("1");
  }

  @Test
  void whatIsWrittenIsReadAsItWas() {
    List<OutgoingMessage> messages =
        List.of(
            new OutgoingMessage(BYTES, BYTES, Headers.empty().with("a", BYTES).with("a", "2")),
            new OutgoingMessage(null, Buffer.buffer(), Headers.empty()),
            new OutgoingMessage(Buffer.buffer(), null, Headers.empty().with("value", "x")));
    for (OutgoingMessage message : messages) {
      RedisMessage back = FieldMapping.DEFAULT.read(ORIGIN, fields(written(message)));

      assertThat(new OutgoingMessage(back.key(), back.body(), back.headers())).isEqualTo(message);
    }
  }

  @Test
  void aMessageOfNothingBecomesAnEntryWithAnEmptyValue() {
    Buffer[] fields = written(new OutgoingMessage(null, null, Headers.empty()));

    assertThat(fields).containsExactly(text("value"), Buffer.buffer());
  }

  @Test
  void ownNamesReplaceTheDefaults() {
    FieldMapping mapping = new FieldMapping("id", "data", "meta-");
    Response fields = fields(text("id"), text("k"), text("data"), text("v"), text("meta-a"), BYTES);

    RedisMessage message = mapping.read(ORIGIN, fields);

    assertThat(message.key()).isEqualTo(text("k"));
    assertThat(message.body()).isEqualTo(text("v"));
    assertThat(message.headers().get("a")).isEqualTo(BYTES);
  }

  @Test
  void namesThatCannotBeToldApartAreRefused() {
    assertThatThrownBy(() -> new FieldMapping("x", "x", "h."))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new FieldMapping("h.key", "value", "h."))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new FieldMapping("key", "value", ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void idsAreReadToTheirLimits() {
    assertThat(EntryId.origin("s", text("1700000000000-3")))
        .isEqualTo(Origin.entry("s", 1_700_000_000_000L, 3));
    assertThat(EntryId.origin("s", text("0-18446744073709551615")).minor()).isEqualTo(-1);
    for (String wrong : List.of("", "5", "5-", "-5", "5-x", "a-1")) {
      assertThatThrownBy(() -> EntryId.origin("s", text(wrong)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static RedisMessage read(Buffer... namesAndValues) {
    return FieldMapping.DEFAULT.read(ORIGIN, fields(namesAndValues));
  }

  private static Buffer text(String text) {
    return Buffer.buffer(text);
  }

  /** The fields of XADD as the client would send them, without what comes before them. */
  private static Buffer[] written(OutgoingMessage message) {
    Request request = Request.cmd(Command.XADD).arg("s").arg("*");
    FieldMapping.DEFAULT.write(request, message);
    Response sent = parsed(((io.vertx.redis.client.impl.RequestImpl) request).encode());
    Buffer[] fields = new Buffer[sent.size() - 3];
    for (int i = 0; i < fields.length; i++) {
      fields[i] = sent.get(i + 3).toBuffer();
    }
    return fields;
  }

  /** Names and values as the server would send them. */
  private static Response fields(Buffer... namesAndValues) {
    Buffer wire = Buffer.buffer("*" + namesAndValues.length + "\r\n");
    for (Buffer each : namesAndValues) {
      wire.appendString("$" + each.length() + "\r\n").appendBuffer(each).appendString("\r\n");
    }
    return parsed(wire);
  }

  private static Response parsed(Buffer wire) {
    List<Response> replies = new ArrayList<>();
    RESPParser parser =
        new RESPParser(
            new ParserHandler() {
              @Override
              public void handle(Response response) {
                replies.add(response);
              }

              @Override
              public void fail(Throwable cause) {
                throw new AssertionError(cause);
              }
            },
            16);
    parser.handle(wire);
    assertThat(replies).hasSize(1);
    return replies.get(0);
  }
}
