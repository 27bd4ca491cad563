package dev.tailrace.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.tailrace.message.Fence;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The event log tells everything once, in order, in whole lines, and says when it cannot. */
final class EventLogTest {
  private final AtomicLong clock = new AtomicLong();
  private final Path folder;

  EventLogTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void everyEventBecomesOneLineWithItsFields() throws Exception {
    EventLog log = open("inc-1", EventKeys.HASH, Long.MAX_VALUE);
    SampleSubject subject = SampleSubject.of("orders/2", 57, "customer-1");

    tellEverything(log, subject);
    done(log.close());

    assertThat(lines())
        .hasSize(16)
        .contains(
            """
            {"seq":1,"inc":"inc-1","monoNanos":1,"wallMillis":1001,"proc":"worker-1","ev":"state",\
            "outcome":"running","detail":"from starting: ready"}""",
            """
            {"seq":3,"inc":"inc-1","monoNanos":3,"wallMillis":1003,"proc":"worker-1",\
            "ev":"received","pipeline":"orders","source":"orders/2","pos":"57","epoch":3,\
            "msg":"orders/2@57","key":"%s","attempt":1}"""
                .formatted(KeyHash.of(subject.message().key())),
            """
            {"seq":7,"inc":"inc-1","monoNanos":7,"wallMillis":1007,"proc":"worker-1",\
            "ev":"settled","pipeline":"orders","source":"orders/2","pos":"57","epoch":3,\
            "msg":"orders/2@57","key":"%s","attempt":1,"outcome":"deadLettered",\
            "detail":"BadPayload"}"""
                .formatted(KeyHash.of(subject.message().key())),
            """
            {"seq":8,"inc":"inc-1","monoNanos":8,"wallMillis":1008,"proc":"worker-1",\
            "ev":"committed","pipeline":"orders","source":"orders/2","pos":"58","epoch":3}""");
    assertThat(read()).extracting(EventRecord::ev).doesNotContain(EventKind.OTHER);
    assertThat(read())
        .extracting(EventRecord::ev)
        .containsOnlyOnce(
            Stream.of(EventKind.values())
                .filter(kind -> kind != EventKind.OTHER)
                .toArray(EventKind[]::new));
  }

  private static void tellEverything(EventLog log, SampleSubject subject) {
    log.state("starting", "running", "ready");
    log.assigned("orders", "orders/2", 3, "57");
    log.received(subject);
    log.claim(subject, "won", new Fence("a key", "c-1", 9));
    log.started(subject);
    log.parked(subject, Duration.ofMillis(200), "429");
    log.settled(subject, Finish.DEAD_LETTERED, "BadPayload");
    log.committed("orders", "orders/2", 3, "58");
    log.released(subject, "revoked");
    log.abandoned(subject, "executing");
    log.overran(subject);
    log.alarm("orders", "orders/2", Alarm.STUCK, "past its time-out");
    log.revoked("orders", "orders/2", 3, "ok");
    log.lost("orders", "orders/1", 2);
    log.drainBegin("sigterm", "signal");
    log.drainEnd("clean");
  }

  @Test
  void whatACheckerNeedsIsInTheDetails() throws Exception {
    EventLog log = open("inc-1", EventKeys.PLAIN, Long.MAX_VALUE);
    SampleSubject subject = SampleSubject.of("orders/2", 57, "a key");
    log.configured("orders", "order=key attempts=5");
    log.claim(subject, "won", new Fence("a key", "c-1", 9));
    log.claim(subject, "busy", null);
    log.parked(subject, Duration.ofMillis(200), "retry: 429");
    done(log.close());

    assertThat(read())
        .extracting(EventRecord::ev, EventRecord::outcome, EventRecord::detail)
        .containsExactly(
            tuple(EventKind.STATE, "configured", "order=key attempts=5"),
            tuple(EventKind.CLAIM, "won", "fence=9 key=" + KeyHash.of(Buffer.buffer("a key"))),
            tuple(EventKind.CLAIM, "busy", null),
            tuple(EventKind.PARKED, null, "delay=200: retry: 429"));
    assertThat(read().get(0).pipeline()).isEqualTo("orders");
  }

  @Test
  void whatIsWrittenIsReadBack() throws Exception {
    EventLog log = open("inc-1", EventKeys.PLAIN, Long.MAX_VALUE);
    String odd = "quote \" backslash \\ line \n grüß 𝄞 lone " + '\uD800' + " end";
    log.settled(SampleSubject.of("a/0", 1, "kéy"), Finish.DONE, odd);
    log.released(SampleSubject.of("a/0", 2, null), "x".repeat(10_000));
    done(log.close());

    List<EventRecord> events = read();
    assertThat(events.get(0).detail()).isEqualTo(odd);
    assertThat(events.get(0).key()).isEqualTo("kéy");
    assertThat(events.get(1).key()).isNull();
    assertThat(events.get(1).detail()).hasSize(EventLog.DETAIL_LENGTH);
  }

  @Test
  void keysAreToldAsFarAsTheConfigurationSays() throws Exception {
    EventLog log = open("inc-1", EventKeys.NONE, Long.MAX_VALUE);
    log.received(SampleSubject.of("a/0", 1, "secret"));
    done(log.close());

    assertThat(lines()).noneMatch(line -> line.contains("secret") || line.contains("\"key\""));
    assertThat(EventKeys.HASH.print(SampleSubject.of("a/0", 1, "k").message().key()))
        .matches("[0-9a-f]{16}");
  }

  @Test
  void theNumbersOfLinesFollowTheFileWhoeverTells() throws Exception {
    EventLog log = open("inc-1", EventKeys.HASH, Long.MAX_VALUE);
    int each = 20_000;
    List<Thread> loops = new ArrayList<>();
    CountDownLatch together = new CountDownLatch(4);
    for (int i = 0; i < 4; i++) {
      String source = "orders/" + i;
      Thread loop =
          new Thread(
              () -> {
                together.countDown();
                for (int message = 0; message < each; message++) {
                  log.received(SampleSubject.of(source, message, "k"));
                }
              });
      loop.start();
      loops.add(loop);
    }
    for (Thread loop : loops) {
      loop.join();
    }
    done(log.close());

    AtomicLong expected = new AtomicLong();
    List<EventRecord> events = read();
    assertThat(events).hasSize(4 * each);
    assertThat(events)
        .allSatisfy(event -> assertThat(event.seq()).isEqualTo(expected.incrementAndGet()));
    for (int i = 0; i < 4; i++) {
      String source = "orders/" + i;
      assertThat(
              events.stream()
                  .filter(event -> source.equals(event.source()))
                  .mapToLong(event -> Long.parseLong(Objects.requireNonNull(event.pos()))))
          .as("each loop's own order")
          .containsExactlyElementsOf(LongStream.range(0, each).boxed().toList());
    }
  }

  @Test
  void aFlushBringsEverythingToldBeforeItToTheFile() throws Exception {
    EventLog log = open("inc-1", EventKeys.HASH, Long.MAX_VALUE);
    log.received(SampleSubject.of("a/0", 1, null));

    done(log.flush());

    assertThat(read()).hasSize(1);
    done(log.close());
  }

  @Test
  void aFullFileIsRenamedAndAllPartsAreReadInOrder() throws Exception {
    EventLog log = open("inc-1", EventKeys.HASH, 4_000);
    for (int i = 0; i < 100; i++) {
      log.received(SampleSubject.of("a/0", i, null));
      if (i % 10 == 0) {
        done(log.flush());
      }
    }
    done(log.close());
    EventLog next = open("inc-2", EventKeys.HASH, 4_000);
    for (int i = 0; i < 100; i++) {
      next.received(SampleSubject.of("a/0", i, null));
      done(next.flush());
    }
    done(next.close());

    assertThat(folder.resolve("events.jsonl.1")).exists();
    assertThat(folder.resolve("events.jsonl.4")).exists();
    assertThat(read().stream().map(event -> event.inc() + event.seq()))
        .containsExactlyElementsOf(
            Stream.of("inc-1", "inc-2")
                .flatMap(inc -> LongStream.rangeClosed(1, 100).mapToObj(seq -> inc + seq))
                .toList());
  }

  @Test
  void aTornLineOfAKilledProcessDamagesNothingElse() throws Exception {
    EventLog killed = open("inc-1", EventKeys.HASH, Long.MAX_VALUE);
    killed.received(SampleSubject.of("a/0", 1, null));
    done(killed.close());
    Files.writeString(
        file(), "{\"seq\":2,\"inc\":\"inc-1\",\"ev\":\"set", StandardOpenOption.APPEND);

    EventLog next = open("inc-2", EventKeys.HASH, Long.MAX_VALUE);
    next.received(SampleSubject.of("a/0", 1, null));
    done(next.close());

    List<EventRecord> events = new ArrayList<>();
    EventReader.Tally tally = EventReader.read(file(), events::add);
    assertThat(events).extracting(EventRecord::inc).containsExactly("inc-1", "inc-2");
    assertThat(tally).isEqualTo(new EventReader.Tally(2, 1));
  }

  @Test
  void aSecondWriterIsRefused() throws Exception {
    EventLog log = open("inc-1", EventKeys.HASH, Long.MAX_VALUE);

    assertThatThrownBy(() -> open("inc-2", EventKeys.HASH, Long.MAX_VALUE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("writes events to");
    done(log.close());
  }

  @Test
  void closingTwiceIsFineAndWhatIsToldLaterIsForgotten() throws Exception {
    EventLog log = open("inc-1", EventKeys.HASH, Long.MAX_VALUE);
    log.received(SampleSubject.of("a/0", 1, null));
    done(log.close());

    log.received(SampleSubject.of("a/0", 2, null));
    done(log.close());
    done(log.flush());

    assertThat(read()).hasSize(1);
  }

  @Test
  void aLogThatCannotBeWrittenSaysSoToWhoeverFlushesAndThePoolGoesOn() throws Exception {
    EventLog log = open("inc-1", EventKeys.HASH, 1);
    Files.createDirectories(folder.resolve("events.jsonl.1").resolve("in the way"));
    log.received(SampleSubject.of("a/0", 1, null));

    Future<Void> flushed = log.flush();
    assertThatThrownBy(() -> done(flushed)).hasCauseInstanceOf(IOException.class);
    log.received(SampleSubject.of("a/0", 2, null));
    assertThatThrownBy(() -> done(log.close())).hasCauseInstanceOf(IOException.class);
  }

  @Test
  void damagedLinesAreCountedAndNewFieldsPassedOver() throws Exception {
    Files.writeString(
        file(),
        """
        {"seq":1,"inc":"i","proc":"p","ev":"received","msg":"a/0@1","more":{"x":[1,2]}}
        not json
        {"seq":2,"inc":"i","proc":"p","ev":"invented"}

        {"seq":"three","inc":"i","proc":"p","ev":"started"}
        {"inc":"i","proc":"p","ev":"started"}
        [1,2]
        {"seq":3,"inc":"i","proc":"p","ev":"started"} {"seq":4}
        {"seq":5,"inc":"%s","proc":"p","ev":"started"}
        {"seq":6,"inc":"i","proc":"p","ev":"started"}"""
            .formatted("x".repeat(EventReader.LINE_BYTES)),
        StandardCharsets.UTF_8);

    List<EventRecord> events = new ArrayList<>();
    EventReader.Tally tally = EventReader.read(file(), events::add);

    assertThat(events).extracting(EventRecord::seq).containsExactly(1L, 2L, 6L);
    assertThat(events)
        .extracting(EventRecord::ev)
        .containsExactly(EventKind.RECEIVED, EventKind.OTHER, EventKind.STARTED);
    assertThat(tally).isEqualTo(new EventReader.Tally(3, 6));
  }

  private EventLog open(String incarnation, EventKeys keys, long rotateBytes) throws IOException {
    return EventLog.open(
        new EventLogConfig(file(), keys, rotateBytes),
        new EventLogEnvironment(
            "worker-1",
            incarnation,
            clock::incrementAndGet,
            () -> 1_000 + clock.get(),
            EventLogTest::daemon));
  }

  private static void daemon(Runnable writer) {
    Thread thread = new Thread(writer, "event-log");
    thread.setDaemon(true);
    thread.start();
  }

  private static void done(Future<?> future) {
    future.toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }

  private Path file() {
    return folder.resolve("events.jsonl");
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(file());
  }

  private List<EventRecord> read() throws IOException {
    List<EventRecord> events = new ArrayList<>();
    EventReader.read(file(), events::add);
    return events;
  }
}
