package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.dispatch.Order;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.idempotency.KeyRule.OnMissing;
import dev.tailrace.idempotency.MemoryStore;
import dev.tailrace.idempotency.MemoryStore.MemoryLimits;
import dev.tailrace.idempotency.StoreFactory;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.Decoder;
import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.sink.DeadLetterHeaders;
import dev.tailrace.sink.OutgoingMessage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages that nobody should have sent, from real brokers to real dead letters. */
final class BadMessagesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int TEN_MEBIBYTES = 10 << 20;
  private static final Buffer BYTES = Buffer.buffer(new byte[] {0, (byte) 0xff, 13, 10, -61});
  private static final Headers HEADERS =
      Headers.empty().with("trace", BYTES).with("trace", "second").with("empty", Buffer.buffer());
  private static final StoreFactory MEMORY =
      (loop, namespace) -> new MemoryStore(loop, MemoryLimits.DEFAULT);

  private final Servers servers = SharedServers.get();
  private final Vertx vertx = Vertx.vertx();
  private final RecordedEvents events = new RecordedEvents();
  private final Queue<OutgoingMessage> handled = new ConcurrentLinkedQueue<>();

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @ParameterizedTest(name = "from {0} to {1}")
  @CsvSource({"kafka,kafka", "kafka,redis", "redis,kafka", "redis,redis"})
  void whatDoesNotDecodeIsDeadAtOnceWithBytesKeyAndHeadersUntouched(String from, String to)
      throws Exception {
    BrokerEnds source = BrokerEnds.of(from, servers, vertx);
    BrokerEnds destination = BrokerEnds.of(to, servers, vertx);
    OutgoingMessage undecodable = new OutgoingMessage(BYTES, BYTES, HEADERS);
    source.send(List.of(undecodable, message("good")));
    MessageHandler reading =
        (message, context) -> {
          message.decode(Decoder.text());
          return note(message, Outcome.done());
        };

    run(source, pipeline(source, reading).deadLetter(destination.deadLetters()), 2);

    assertThat(handled).containsExactly(message("good"));
    OutgoingMessage letter = only(destination.arrived());
    assertThat(withoutOurs(letter)).isEqualTo(undecodable);
    assertThat(letter.headers().text(DeadLetterHeaders.ATTEMPTS)).isEqualTo("1");
    assertThat(letter.headers().text(DeadLetterHeaders.ERROR_CLASS)).endsWith(".DecodeException");
    assertThat(letter.headers().text(DeadLetterHeaders.ORIGIN)).startsWith(source.source);
  }

  @ParameterizedTest
  @CsvSource({"kafka", "redis"})
  void whatLacksItsIdempotencyHeaderIsDeadBeforeItsHandlerIsCalled(String broker) throws Exception {
    BrokerEnds ends = BrokerEnds.of(broker, servers, vertx);
    OutgoingMessage nameless = message("nameless");
    OutgoingMessage known =
        new OutgoingMessage(
            null, Buffer.buffer("known"), Headers.empty().with("idempotency-key", "1"));
    ends.send(List.of(nameless, known));
    Pipeline.Builder pipeline = pipeline(ends, this::done).deadLetter(ends.deadLetters());

    run(ends, pipeline.idempotency(byHeader(OnMissing.DEAD_LETTER)), 2);

    assertThat(handled).containsExactly(known);
    OutgoingMessage letter = only(ends.arrived());
    assertThat(withoutOurs(letter)).isEqualTo(nameless);
    assertThat(letter.headers().text(DeadLetterHeaders.REASON))
        .isEqualTo("missing idempotency key");
  }

  @ParameterizedTest
  @CsvSource({"kafka", "redis"})
  void whatLacksItsIdempotencyHeaderIsKnownByItsPositionWhereThatIsChosen(String broker)
      throws Exception {
    BrokerEnds ends = BrokerEnds.of(broker, servers, vertx);
    ends.send(List.of(message("same"), message("same")));
    Pipeline.Builder pipeline = pipeline(ends, this::done);

    run(ends, pipeline.idempotency(byHeader(OnMissing.POSITION)), 2);

    assertThat(handled).containsExactly(message("same"), message("same"));
  }

  @ParameterizedTest
  @CsvSource({"kafka", "redis"})
  void nullKeysTombstonesAndEmptyBodiesArriveAsSuchAndDieAsSuch(String broker) throws Exception {
    BrokerEnds ends = BrokerEnds.of(broker, servers, vertx);
    Headers trace = Headers.empty().with("trace", "1");
    List<OutgoingMessage> odd =
        List.of(
            new OutgoingMessage(null, Buffer.buffer("no key"), Headers.empty()),
            new OutgoingMessage(Buffer.buffer("deleted"), null, Headers.empty()),
            new OutgoingMessage(Buffer.buffer("empty"), Buffer.buffer(), Headers.empty()),
            new OutgoingMessage(Buffer.buffer(), Buffer.buffer("empty key"), Headers.empty()),
            new OutgoingMessage(null, null, trace));
    ends.send(odd);
    MessageHandler dying = (message, context) -> note(message, Outcome.deadLetter("unwanted"));

    run(ends, pipeline(ends, dying).deadLetter(ends.deadLetters()), odd.size());

    assertThat(handled).containsExactlyInAnyOrderElementsOf(odd);
    assertThat(ends.arrived())
        .extracting(BadMessagesIT::withoutOurs)
        .containsExactlyInAnyOrderElementsOf(odd);
  }

  @Test
  void tenMebibytesPassAByteBoundOfOneMebibyteOneByOne() throws Exception {
    BrokerEnds ends = BrokerEnds.of("kafka", servers, vertx);
    int many = 6;
    ends.send(Stream.generate(BadMessagesIT::large).limit(many).toList());
    HeldHandler holding = new HeldHandler();
    Pipeline pipeline =
        pipeline(ends, holding)
            .order(Order.UNORDERED)
            .limits(new PipelineLimits(1, 100, 1 << 20, 10))
            .build();
    Tailrace pool = Results.result(Tailrace.builder(vertx).add(pipeline).build().start());

    await().atMost(PATIENCE).until(() -> isHeldBack(pool));
    assertThat(holding.started()).isEqualTo(1);
    assertThat(counts(pool).received()).as("it passed the bound, alone").isEqualTo(1);

    holding.release();
    await().atMost(PATIENCE).until(() -> counts(pool).finishedTotal() == many);
    DrainReport report = Results.result(pool.drain(new Trigger(Trigger.Kind.SIGTERM, "signal")));
    assertThat(report.exitCode()).isZero();
    assertThat(ends.unfinished()).isZero();
  }

  @ParameterizedTest(name = "from {0} to {1}")
  @CsvSource({"kafka,kafka", "kafka,redis", "redis,kafka"})
  void tenMebibytesDieWhole(String from, String to) throws Exception {
    BrokerEnds source = BrokerEnds.of(from, servers, vertx);
    BrokerEnds destination = BrokerEnds.of(to, servers, vertx);
    source.send(List.of(message("before"), large(), message("after")));
    MessageHandler dying =
        (message, context) -> Future.succeededFuture(Outcome.deadLetter("too large"));

    run(source, pipeline(source, dying).deadLetter(destination.deadLetters()), 3);

    assertThat(destination.arrived())
        .extracting(BadMessagesIT::withoutOurs)
        .containsExactlyInAnyOrder(message("before"), large(), message("after"));
  }

  /** Runs until so many messages have finished; nothing is left, and the drain is clean. */
  private void run(BrokerEnds source, Pipeline.Builder pipeline, int messages) throws Exception {
    ConsumerVerticle consumer = new ConsumerVerticle(pipeline.events(events).build());
    String id = Results.result(vertx.deployVerticle(consumer));
    await().atMost(PATIENCE).until(() -> events.count("settled ") == messages);
    Results.result(vertx.undeploy(id));

    assertThat(consumer.report().orElseThrow().exitCode()).isZero();
    assertThat(source.unfinished()).isZero();
    assertThat(events.count("alarm ")).isZero();
  }

  private static Pipeline.Builder pipeline(BrokerEnds ends, MessageHandler handler) {
    return Pipeline.named("bad").source(ends.reading()).handle(handler);
  }

  private static Idempotency byHeader(OnMissing onMissing) {
    return Idempotency.of(MEMORY, KeyRule.parse("header:idempotency-key", onMissing));
  }

  private Future<Outcome> done(Message message, Object context) {
    return note(message, Outcome.done());
  }

  private Future<Outcome> note(Message message, Outcome outcome) {
    handled.add(new OutgoingMessage(message.key(), message.body(), message.headers()));
    return Future.succeededFuture(outcome);
  }

  private static boolean isHeldBack(Tailrace pool) throws Exception {
    PoolStatus.PipelineStatus status = Results.result(pool.status()).pipelines().get(0);
    return status.counts().executing() > 0
        && status.sources().stream().anyMatch(source -> source.paused());
  }

  private static MessageCounts counts(Tailrace pool) throws Exception {
    return Results.result(pool.counts()).values().iterator().next();
  }

  private static OutgoingMessage message(String body) {
    return new OutgoingMessage(null, Buffer.buffer(body), Headers.empty());
  }

  private static OutgoingMessage large() {
    byte[] body = new byte[TEN_MEBIBYTES];
    body[0] = 1;
    body[body.length - 1] = 7;
    return new OutgoingMessage(null, Buffer.buffer(body), Headers.empty());
  }

  private static OutgoingMessage only(List<OutgoingMessage> letters) {
    assertThat(letters).hasSize(1);
    return letters.get(0);
  }

  /** The letter as the message that died: without the headers that say why it did. */
  private static OutgoingMessage withoutOurs(OutgoingMessage letter) {
    List<Headers.Header> own = new ArrayList<>();
    for (Headers.Header header : letter.headers()) {
      if (!DeadLetterHeaders.isOurs(header.name())) {
        own.add(header);
      }
    }
    return new OutgoingMessage(letter.key(), letter.body(), Headers.of(own));
  }
}
