package dev.tailrace.redis.sink;

import dev.tailrace.lifecycle.TimeLimit;
import dev.tailrace.message.Origin;
import dev.tailrace.redis.link.KeyLinks;
import dev.tailrace.redis.link.Link;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.stream.EntryId;
import dev.tailrace.redis.stream.FieldMapping;
import dev.tailrace.redis.stream.StreamEntry;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.DeadLetter;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Dead letters in a stream. A bookmark is a hash of that name, with a field per stream: the id up
 * to which all is dealt with, and the round. Belongs to its loop.
 */
final class RedisDeadLetterBox implements DeadLetterBox {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int COUNT = 250;
  private static final String OLDEST = "-";
  private static final String BEFORE_ALL = "0-0";
  private static final Pattern MARK = Pattern.compile("(\\d+-\\d+) ([1-9]\\d{0,8})");

  private final Loop loop;
  private final KeyLinks links;
  private final Link link; // of the stream
  private final RedisConfig config;
  private final String stream;
  private @Nullable String end; // event loop only; null where the stream holds nothing
  private long length; // event loop only; when it was opened
  private String from = OLDEST; // event loop only
  private @Nullable String bookmark; // event loop only
  private int round = 1; // event loop only

  RedisDeadLetterBox(Vertx vertx, Loop loop, RedisSinkFactory of) {
    this.loop = loop;
    this.config = of.redis();
    this.stream = of.stream();
    this.links = new KeyLinks(vertx, loop, config, new KeyLinks.Events() {});
    this.link = links.of(stream);
  }

  @Override
  public String destination() {
    return "redis " + stream;
  }

  @Override
  public Future<Void> open() {
    return connect(stream)
        .compose(open -> ask(command(Command.TYPE), String::valueOf))
        .compose(this::look);
  }

  private Future<Void> connect(String key) {
    Promise<Void> opened = Promise.promise();
    TimeLimit.await(
        loop,
        () -> links.open(List.of(key)),
        LIMIT,
        new TimeLimit.Ends<>(
            opened::handle,
            () -> opened.fail(new UnfitException(config + ": " + links.of(key).status().error())),
            late -> {}));
    return opened.future();
  }

  private Future<Void> look(String type) {
    if (!type.equals("stream") && !type.equals("none")) {
      String what = config + ": " + stream + " is a " + type + ", not a stream";
      return Future.failedFuture(new UnfitException(what));
    }
    return ask(command(Command.XLEN), response -> response == null ? 0L : response.toLong())
        .compose(
            letters -> {
              length = letters;
              Request last = command(Command.XREVRANGE).arg("+").arg("-").arg("COUNT").arg(1);
              return ask(last, this::entries);
            })
        .map(
            entries -> {
              end = entries.isEmpty() ? null : entries.get(0).origin().position();
              return null;
            });
  }

  @Override
  public Future<Ahead> start(Start start) {
    from = start.since() == null ? OLDEST : Long.toString(start.since().toEpochMilli());
    String name = start.bookmark();
    bookmark = name;
    round = 1;
    if (name == null) {
      return Future.succeededFuture(new Ahead(length, round, false));
    }
    Request known = Request.cmd(Command.HGET).arg(name).arg(stream);
    return connect(name)
        .compose(
            open ->
                ask(links.of(name), known, response -> response == null ? "" : response.toString()))
        .compose(
            kept -> {
              Matcher mark = MARK.matcher(kept);
              round = mark.matches() ? Integer.parseInt(mark.group(2)) : 1;
              if (start.again()) {
                round++;
                return write(name, BEFORE_ALL).map(written -> new Ahead(length, round, false));
              }
              boolean resumed = mark.matches() && !mark.group(1).equals(BEFORE_ALL);
              if (resumed) {
                resume(mark.group(1), start.since());
              }
              return Future.succeededFuture(new Ahead(length, round, resumed));
            });
  }

  private void resume(String id, @Nullable Instant since) {
    long millis = EntryId.origin(stream, Buffer.buffer(id)).major();
    if (since == null || millis >= since.toEpochMilli()) {
      from = "(" + id;
    }
  }

  @Override
  public Future<List<DeadLetter>> next() {
    if (end == null) {
      return Future.succeededFuture(List.of());
    }
    Request range = command(Command.XRANGE).arg(from).arg(end).arg("COUNT").arg(COUNT);
    return ask(range, this::entries)
        .map(
            entries -> {
              List<DeadLetter> letters = new ArrayList<>(entries.size());
              for (StreamEntry entry : entries) {
                from = "(" + entry.origin().position();
                if (entry.fields() != null) {
                  letters.add(
                      new DeadLetter(FieldMapping.DEFAULT.read(entry.origin(), entry.fields())));
                }
              }
              return letters;
            });
  }

  @Override
  public Future<Void> keep(List<DeadLetter> handled) {
    if (bookmark == null) {
      throw new IllegalStateException("started without a bookmark");
    }
    if (handled.isEmpty()) {
      return Future.succeededFuture();
    }
    Origin last = handled.get(handled.size() - 1).position();
    return write(bookmark, last.position());
  }

  private Future<Void> write(String name, String id) {
    Request kept = Request.cmd(Command.HSET).arg(name).arg(stream).arg(id + " " + round);
    return ask(links.of(name), kept, response -> true).mapEmpty();
  }

  @Override
  public Future<Purged> purge(Predicate<DeadLetter> meant, boolean dryRun) {
    return start(Start.reading(null)).compose(ready -> purge(meant, dryRun, 0));
  }

  private Future<Purged> purge(Predicate<DeadLetter> meant, boolean dryRun, long before) {
    return next()
        .compose(
            letters -> {
              if (letters.isEmpty()) {
                return Future.succeededFuture(new Purged(before, before));
              }
              List<DeadLetter> doomed = letters.stream().filter(meant).toList();
              long now = before + doomed.size();
              return (dryRun ? Future.<Void>succeededFuture() : delete(doomed))
                  .compose(gone -> purge(meant, dryRun, now));
            });
  }

  /** All are gone then; how many this call took is not asked, since it may be sent twice. */
  private Future<Void> delete(List<DeadLetter> doomed) {
    if (doomed.isEmpty()) {
      return Future.succeededFuture();
    }
    Request deletion = command(Command.XDEL);
    doomed.forEach(letter -> deletion.arg(letter.position().position()));
    return ask(deletion, deleted -> true).mapEmpty();
  }

  @Override
  public Future<Void> close() {
    return links.close();
  }

  private Request command(Command command) {
    return Request.cmd(command).arg(stream);
  }

  private List<StreamEntry> entries(@Nullable Response response) {
    return response == null ? List.of() : StreamEntry.list(stream, response);
  }

  private UnfitException unfit(@Nullable Throwable cause) {
    return cause == null
        ? new UnfitException(config + " does not answer")
        : new UnfitException(config + ": " + cause.getMessage(), cause);
  }

  /** Asks again while the answer is lost, for a bounded time: each of these may be done twice. */
  private <T> Future<T> ask(Request request, Function<@Nullable Response, T> reader) {
    return ask(link, request, reader);
  }

  private <T> Future<T> ask(Link of, Request request, Function<@Nullable Response, T> reader) {
    return ask(of, request, reader, loop.nanos());
  }

  private <T> Future<T> ask(
      Link of, Request request, Function<@Nullable Response, T> reader, long begun) {
    return of.send(request, reader)
        .compose(
            reply -> {
              if (reply instanceof Reply.Ok<T> ok) {
                return Future.succeededFuture(ok.value());
              }
              boolean late = loop.nanos() - begun > LIMIT.toNanos();
              if (reply.isUnknown() && !late && !of.isClosed()) {
                return ask(of, request, reader, begun);
              }
              return Future.failedFuture(unfit(reply.cause()));
            });
  }
}
