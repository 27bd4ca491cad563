package dev.tailrace.redis.sink;

import static java.time.temporal.ChronoUnit.MILLIS;

import dev.tailrace.lifecycle.Connection;
import dev.tailrace.message.Origin;
import dev.tailrace.redis.link.KeyLinks;
import dev.tailrace.redis.link.Link;
import dev.tailrace.redis.link.LinkStatus;
import dev.tailrace.redis.link.RedisScript;
import dev.tailrace.redis.link.ServerInfo;
import dev.tailrace.redis.stream.FieldMapping;
import dev.tailrace.redis.stream.RetryKeys;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.MessageRefusedException;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.RetryTicket;
import dev.tailrace.sink.Sink;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts messages off until they are due, and moves those that are. Belongs to its loop.
 *
 * <p>A message is stored and its entry acknowledged in one step, and only where that entry is still
 * pending: so it is there once, however often it is sent. When it is due, by the server's own
 * clock, it goes on to its stream in one step, too.
 */
final class RedisTierSink implements Sink {
  /** A script can pass no more than some 8,000 names and values on. */
  private static final int MOST_FIELDS = 3_500;

  /** Answers of the script: neither is where it was put off before, or another has finished it. */
  private static final long STORED = 1;

  private static final long LOST = -1;
  private static final RedisScript PUT_OFF = RedisScript.load(RedisTierSink.class, "put-off.lua");

  private final RedisTierFactory to;
  private final Loop loop;
  private final KeyLinks links;
  private final Map<String, RetryKeys> keys = new HashMap<>(); // filled once: by stream, both ways
  private final Map<String, DueEntries> due = new LinkedHashMap<>(); // filled once: by its stream

  RedisTierSink(Vertx vertx, Loop loop, RedisTierFactory to) {
    this.to = to;
    this.loop = loop;
    this.links = new KeyLinks(vertx, loop, to.source().redis(), new KeyLinks.Events() {});
    for (String source : to.source().streams()) {
      RetryKeys each = RetryKeys.of(source, to.name());
      keys.put(source, each);
      keys.put(each.stream(), each);
      due.computeIfAbsent(each.stream(), stream -> new DueEntries(loop, links.of(stream), each));
    }
  }

  @Override
  public String destination() {
    return "redis " + to.destination();
  }

  /**
   * Completes when the server answers and the keys are of their types, or not there yet. Fails with
   * {@link UnfitException} where they are of others, or the server may evict them.
   */
  @Override
  public Future<Void> open() {
    Future<Void> fit = links.open(due.keySet());
    for (RetryKeys each : keys.values()) {
      Link link = links.of(each.stream());
      fit =
          fit.compose(before -> ServerInfo.of(link))
              .compose(info -> keepsWhatWaits(link, info))
              .compose(before -> KeyType.check(link, each.waiting(), "zset"))
              .compose(before -> KeyType.check(link, each.messages(), "hash"))
              .compose(before -> KeyType.check(link, each.stream(), "stream"));
    }
    return fit.onSuccess(ready -> due.values().forEach(DueEntries::start));
  }

  private static Future<Void> keepsWhatWaits(Link link, Optional<ServerInfo> info) {
    String policy = info.map(ServerInfo::evictionPolicy).orElse("");
    return policy.startsWith("allkeys-")
        ? Future.failedFuture(
            new UnfitException(
                link.config()
                    + " may evict messages that wait (maxmemory-policy "
                    + policy
                    + "); retry-topics need noeviction or a volatile policy"))
        : Future.succeededFuture();
  }

  @Override
  public Optional<Connection> connection() {
    LinkStatus status = links.status();
    @Nullable String refusal =
        due.values().stream()
            .map(DueEntries::refusal)
            .filter(why -> why != null)
            .findFirst()
            .orElse(null);
    return Optional.of(
        new Connection(
            destination(),
            status.connected() && refusal == null,
            status.since(),
            status.error() == null ? refusal : status.error()));
  }

  @Override
  public Future<List<Reply<Sent>>> send(List<OutgoingMessage> messages) {
    return Sink.each(messages, this::send);
  }

  @Override
  public Future<Void> close() {
    due.values().forEach(DueEntries::stop);
    return links.close();
  }

  private Future<Reply<Sent>> send(OutgoingMessage message) {
    Origin place = message.place();
    RetryKeys at = place == null ? null : keys.get(place.source());
    if (place == null || at == null) {
      return refused(place + " is nothing that this pipeline reads");
    }
    String unfit = EntrySize.problem(message, MOST_FIELDS);
    if (unfit != null) {
      return refused(unfit);
    }
    Duration wait = wait(message);
    RedisScript.Call call =
        PUT_OFF
            .call()
            .key(place.source())
            .key(at.waiting())
            .key(at.messages())
            .arg(to.source().group())
            .arg(place.position())
            .arg(place.toString())
            .arg(wait.toMillis())
            .arg(place.source().equals(at.stream()) ? 1 : 0);
    FieldMapping.DEFAULT.write(message, (name, value) -> call.arg(name).arg(value.getBytes()));
    return links
        .of(at.stream())
        .run(call, RedisTierSink::answer)
        .compose(
            reply -> {
              if (!(reply instanceof Reply.Ok<Long> ok)) {
                Throwable cause = Objects.requireNonNull(reply.cause());
                return Future.succeededFuture(
                    reply.isUnknown() ? Reply.unknown(cause) : Reply.failed(cause));
              }
              if (ok.value() == LOST) {
                return refused("its stream has lost " + place);
              }
              if (ok.value() == STORED) {
                moverOf(at).putOff(wait);
              }
              return Future.succeededFuture(Reply.ok(new Sent(at.waiting() + " " + place)));
            });
  }

  private DueEntries moverOf(RetryKeys at) {
    return Objects.requireNonNull(due.get(at.stream()));
  }

  /** What is left of it: it may be sent again. */
  private Duration wait(OutgoingMessage message) {
    Duration left =
        RetryTicket.read(message.headers())
            .map(ticket -> Duration.between(loop.wall(), ticket.due()))
            .orElse(Duration.ZERO);
    // Rounded up: no message may be early.
    return left.isNegative() ? Duration.ZERO : left.plusNanos(999_999).truncatedTo(MILLIS);
  }

  private static Future<Reply<Sent>> refused(String why) {
    return Future.succeededFuture(Reply.failed(new MessageRefusedException(why)));
  }

  private static long answer(@Nullable Response answer) {
    return answer == null ? 0 : answer.toLong();
  }
}
