package dev.tailrace.observe;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tailrace.message.Fence;
import dev.tailrace.message.Origin;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Writes pool events as JSON lines, so that anyone can check the promises without trust in our
 * numbers: one object per line with the fields of {@link EventRecord}, in that order, those without
 * a value left out. Thread-safe; one log per process.
 *
 * <p>Lines are numbered in file order and never dropped while the disk keeps up; see {@link
 * EventLogConfig} for rotation. All but the first are buffered for about 50 ms, and brought to the
 * disk at the beginning and the end of a drain, by {@link #flush} and by {@link #close}. So a
 * process that is killed loses its last lines, and the line it was writing may be torn. Since an
 * event is told when it has happened, <em>an effect may exist whose event is missing</em>: who
 * reads the log of a killed process knows what happened at least, and has to ask the broker or a
 * witness for the rest. What a killed process told in its log did happen, in that order.
 *
 * <p>When the disk fails, the log ends with an error in the process's log and no line after it; the
 * pool goes on.
 */
public final class EventLog implements PoolEvents {
  /** The most characters of {@code detail}. */
  public static final int DETAIL_LENGTH = 500;

  private final EventLogEnvironment environment;
  private final EventKeys keys;
  private final EventWriter writer;

  private EventLog(EventLogEnvironment environment, EventKeys keys, EventWriter writer) {
    this.environment = environment;
    this.keys = keys;
    this.writer = writer;
  }

  /**
   * Opens the file for appending, and starts the writer.
   *
   * @throws IOException where the file cannot be written, or another process writes it
   */
  public static EventLog open(EventLogConfig config, EventLogEnvironment environment)
      throws IOException {
    EventWriter writer = new EventWriter(new EventFile(config.file(), config.rotateBytes()));
    environment.threads().execute(writer);
    return new EventLog(environment, config.keys(), writer);
  }

  /**
   * Brings what was told so far to the disk; completes on the writer's thread, and fails where the
   * log is broken.
   */
  public Future<Void> flush() {
    return writer.flush();
  }

  /**
   * As {@link #flush}, and closes the file; what is told later is forgotten. Fine to call twice.
   */
  public Future<Void> close() {
    return writer.close();
  }

  @Override
  public void state(String from, String to, String reason) {
    process(EventKind.STATE, to, "from " + from + ": " + reason, false);
  }

  @Override
  public void configured(String pipeline, String limits) {
    partition(EventKind.STATE, new Place(pipeline, "", 0, ""), "configured", limits);
  }

  @Override
  public void remembers(String pipeline, long since) {
    partition(EventKind.STATE, new Place(pipeline, "", 0, ""), "remembers", "since=" + since);
  }

  @Override
  public void forgot(String pipeline, long from, long to) {
    String between = "from=" + from + " to=" + to;
    partition(EventKind.STATE, new Place(pipeline, "", 0, ""), "forgot", between);
  }

  @Override
  public void breaker(String pipeline, boolean open, String detail) {
    String outcome = open ? "breaker_open" : "breaker_closed";
    partition(EventKind.STATE, new Place(pipeline, "", 0, ""), outcome, detail);
  }

  @Override
  public void assigned(String pipeline, String source, int epoch, String position) {
    partition(EventKind.ASSIGNED, new Place(pipeline, source, epoch, position), null, null);
  }

  @Override
  public void revoked(String pipeline, String source, int epoch, String commit) {
    String outcome = commit.equals("ok") ? null : commit;
    partition(EventKind.REVOKED, new Place(pipeline, source, epoch, ""), outcome, null);
  }

  @Override
  public void lost(String pipeline, String source, int epoch) {
    partition(EventKind.LOST, new Place(pipeline, source, epoch, ""), null, null);
  }

  @Override
  public void received(Subject subject) {
    Origin origin = subject.message().origin();
    boolean retried = !origin.equals(subject.position());
    String detail = retried ? "origin=" + origin + " failures=" + subject.attempt() : null;
    message(EventKind.RECEIVED, subject, null, detail);
  }

  @Override
  public void parked(Subject subject, Duration delay, String reason) {
    message(EventKind.PARKED, subject, null, "delay=" + delay.toMillis() + ": " + reason);
  }

  @Override
  public void claim(Subject subject, String answer, @Nullable Fence fence) {
    message(EventKind.CLAIM, subject, answer, fence == null ? null : words(fence));
  }

  private String words(Fence fence) {
    String hash = keys == EventKeys.NONE ? "" : " key=" + KeyHash.of(Buffer.buffer(fence.key()));
    return "fence=" + fence.token() + hash;
  }

  @Override
  public void started(Subject subject) {
    message(EventKind.STARTED, subject, null, null);
  }

  @Override
  public void settled(Subject subject, Finish finish, String detail) {
    message(EventKind.SETTLED, subject, finish.label(), detail);
  }

  @Override
  public void committed(String pipeline, String source, int epoch, String position) {
    partition(EventKind.COMMITTED, new Place(pipeline, source, epoch, position), null, null);
  }

  @Override
  public void readBack(String pipeline, String source, int epoch, String position) {
    partition(EventKind.COMMITTED, new Place(pipeline, source, epoch, position), "read_back", null);
  }

  @Override
  public void released(Subject subject, String reason) {
    message(EventKind.RELEASED, subject, null, reason);
  }

  @Override
  public void abandoned(Subject subject, String stage) {
    message(EventKind.ABANDONED, subject, stage, null);
  }

  @Override
  public void overran(Subject subject) {
    message(EventKind.OVERRAN, subject, null, null);
  }

  @Override
  public void alarm(String pipeline, String source, Alarm kind, String detail) {
    partition(EventKind.ALARM, new Place(pipeline, source, 0, ""), kind.label(), detail);
  }

  @Override
  public void drainBegin(String trigger, String reason) {
    process(EventKind.DRAIN_BEGIN, trigger, reason, true);
  }

  @Override
  public void drainEnd(String result) {
    process(EventKind.DRAIN_END, result, null, true);
  }

  private record Place(String pipeline, String source, int epoch, String position) {}

  private void process(EventKind kind, String outcome, @Nullable String detail, boolean sync) {
    writer.append(
        (json, seq) -> {
          head(json, seq, kind);
          tail(json, outcome, detail);
        },
        sync);
  }

  private void partition(
      EventKind kind, Place place, @Nullable String outcome, @Nullable String detail) {
    writer.append(
        (json, seq) -> {
          head(json, seq, kind);
          text(json, "pipeline", place.pipeline());
          text(json, "source", place.source());
          text(json, "pos", place.position());
          number(json, "epoch", place.epoch());
          tail(json, outcome, detail);
        },
        false);
  }

  private void message(
      EventKind kind, Subject subject, @Nullable String outcome, @Nullable String detail) {
    Origin place = subject.position();
    String key = keys.print(subject.message().key()); // hashed before the lock is taken
    writer.append(
        (json, seq) -> {
          head(json, seq, kind);
          json.writeStringField("pipeline", subject.pipeline());
          json.writeStringField("source", place.source());
          json.writeStringField("pos", place.position());
          number(json, "epoch", subject.epoch());
          json.writeStringField("msg", place.toString());
          text(json, "key", key);
          number(json, "attempt", subject.attempt());
          tail(json, outcome, detail);
        },
        false);
  }

  private void head(JsonGenerator json, long seq, EventKind kind) throws IOException {
    json.writeNumberField("seq", seq);
    json.writeStringField("inc", environment.incarnation());
    json.writeNumberField("monoNanos", environment.monoNanos().getAsLong());
    json.writeNumberField("wallMillis", environment.wallMillis().getAsLong());
    json.writeStringField("proc", environment.instance());
    json.writeStringField("ev", kind.label());
  }

  private static void tail(JsonGenerator json, @Nullable String outcome, @Nullable String detail)
      throws IOException {
    text(json, "outcome", outcome);
    text(
        json,
        "detail",
        detail == null || detail.length() <= DETAIL_LENGTH
            ? detail
            : detail.substring(0, DETAIL_LENGTH));
  }

  private static void text(JsonGenerator json, String name, @Nullable String value)
      throws IOException {
    if (value != null && !value.isEmpty()) {
      json.writeStringField(name, value);
    }
  }

  private static void number(JsonGenerator json, String name, int value) throws IOException {
    if (value != 0) {
      json.writeNumberField(name, value);
    }
  }
}
