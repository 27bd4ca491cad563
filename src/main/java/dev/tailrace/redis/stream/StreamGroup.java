package dev.tailrace.redis.stream;

import dev.tailrace.observe.Alarm;
import dev.tailrace.redis.link.KeyLinks;
import dev.tailrace.redis.link.Link;
import dev.tailrace.redis.link.ServerError;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumer group as one consumer sees it: its names, the connections for everything that does
 * not block, and what happens when the server says that the group is gone. Belongs to the source's
 * loop.
 *
 * <p>All that reads or changes the consumer's pending list, save the reading of new entries, goes
 * over the one link of its stream, whose answers come in order: so an answer that still lists an
 * entry as pending is always seen before the one that confirms its acknowledgement.
 */
final class StreamGroup {
  private static final Duration RETRY_PAUSE = Duration.ofMillis(500);
  private static final Logger LOG = LoggerFactory.getLogger(StreamGroup.class);

  private final RedisSourceConfig config;
  private final SourceEnvironment environment;
  private final KeyLinks commands;
  private final EntryForm form;
  private final String consumer;
  private final Set<ConsumedStream> resetting = new HashSet<>(); // event loop only
  private @Nullable String refusal; // event loop only: what the server refused last
  private final Map<ConsumedStream, String> untrimmed = new HashMap<>(); // event loop only
  private final Set<ConsumedStream> displaced = new HashSet<>(); // event loop only
  private boolean closing; // event loop only: nothing new is taken
  private boolean closed; // event loop only

  StreamGroup(
      RedisSourceConfig config, SourceEnvironment environment, KeyLinks commands, EntryForm form) {
    this(config, environment, commands, form, nameOf(environment));
  }

  private StreamGroup(
      RedisSourceConfig config,
      SourceEnvironment environment,
      KeyLinks commands,
      EntryForm form,
      String consumer) {
    this.config = config;
    this.environment = environment;
    this.commands = commands;
    this.form = form;
    this.consumer = consumer;
  }

  private static String nameOf(SourceEnvironment environment) {
    return environment.consumer() == 0
        ? environment.instance()
        : environment.instance() + "-" + environment.consumer();
  }

  /** The same group and connection, as another consumer with a life of its own. */
  StreamGroup as(String other) {
    return new StreamGroup(config, environment, commands, form, other);
  }

  RedisSourceConfig config() {
    return config;
  }

  /** What its entries are to the pipeline. */
  EntryForm form() {
    return form;
  }

  SourceEnvironment environment() {
    return environment;
  }

  Loop loop() {
    return environment.loop();
  }

  /** The connection for all about a stream that does not block. */
  Link commands(ConsumedStream stream) {
    return commands(stream.name());
  }

  /** The connection for all about a key that does not block. */
  Link commands(String key) {
    return commands.of(key);
  }

  String name() {
    return config.group();
  }

  String consumer() {
    return consumer;
  }

  /** Whether nothing new is taken any more. */
  boolean isClosing() {
    return closing;
  }

  /** Whether our name on a stream may be another's for now; until it is ours, nothing is taken. */
  void displaced(ConsumedStream stream, boolean now) {
    if (now) {
      displaced.add(stream);
    } else {
      displaced.remove(stream);
    }
  }

  /** Whether something new of a stream may be taken. */
  boolean mayTake(ConsumedStream stream) {
    return !closing && !displaced.contains(stream);
  }

  /** Whether the connections go. */
  boolean isClosed() {
    return closed;
  }

  void close(boolean forGood) {
    closing = true;
    closed |= forGood;
  }

  /** What the server refused last, or null where the last answer was fine. */
  @Nullable String refusal() {
    return refusal != null ? refusal : untrimmed.values().stream().findFirst().orElse(null);
  }

  /** What is finished is removed from the stream. */
  void trimmed(ConsumedStream stream) {
    if (untrimmed.remove(stream) != null) {
      LOG.info("stream {} is trimmed again", stream.name());
    }
  }

  /** The server does not let it be removed, so that the stream grows. */
  void untrimmed(ConsumedStream stream, Throwable cause) {
    String why = "stream " + stream.name() + " is not trimmed: " + cause.getMessage();
    if (!why.equals(untrimmed.put(stream, why))) {
      LOG.warn("{}", why);
    }
  }

  /** The server has answered as it should. */
  void accepted() {
    refusal = null;
  }

  /** A command on a stream with the group after it: {@code XACK payments group}. */
  Request command(Command command, ConsumedStream stream) {
    return Request.cmd(command).arg(stream.name()).arg(name());
  }

  /**
   * Makes the group where it is missing, and the stream with it. Goes on trying while the server
   * cannot; fails with {@link UnfitException} where it refuses.
   */
  Future<Void> create(ConsumedStream stream) {
    return make(stream, config.start().id())
        .compose(
            reply -> {
              if (reply.isOk()) {
                return Future.succeededFuture();
              }
              if (closed) {
                return Future.failedFuture(new IllegalStateException("the source was closed"));
              }
              if (reply instanceof Reply.Failed<Boolean> failed) {
                refused(stream, failed.cause());
                if (ServerError.isUnfit(failed.cause())
                    || ServerError.is(failed.cause(), "WRONGTYPE")) {
                  return Future.failedFuture(unfit(stream, failed.cause()));
                }
              }
              return pause().compose(paused -> create(stream));
            });
  }

  /**
   * The server refused a command: a missing group is made again, from the beginning, since the
   * entries of others count too; anything else is logged once.
   */
  void refused(ConsumedStream stream, Throwable cause) {
    if (ServerError.is(cause, "NOGROUP") || ServerError.is(cause, "UNBLOCKED")) {
      reset(stream, cause);
    } else if (!String.valueOf(cause.getMessage()).equals(refusal)) {
      refusal = String.valueOf(cause.getMessage());
      LOG.warn("{} refuses to serve stream {}: {}", config.redis(), stream.name(), refusal);
    }
  }

  /** Completes after the pause between two tries at something that was refused. */
  Future<Void> pause() {
    Promise<Void> paused = Promise.promise();
    loop().after(RETRY_PAUSE, paused::complete);
    return paused.future();
  }

  private void reset(ConsumedStream stream, Throwable cause) {
    if (resetting.add(stream)) {
      remake(stream, cause, false);
    }
  }

  /**
   * Goes on until the server answers.
   *
   * @param asked before, without an answer: if it is there now, it was we who made it, or another
   */
  private void remake(ConsumedStream stream, Throwable cause, boolean asked) {
    if (closed) {
      return;
    }
    make(stream, "0")
        .onSuccess(
            reply -> {
              if (reply.isUnknown()) {
                pause().onSuccess(paused -> remake(stream, cause, true));
                return;
              }
              resetting.remove(stream);
              if (reply instanceof Reply.Ok<Boolean> ok && (ok.value() || asked)) {
                wasReset(stream, cause);
              }
            });
  }

  private void wasReset(ConsumedStream stream, Throwable cause) {
    String detail = "group " + name() + " was gone (" + cause.getMessage() + "); made again from 0";
    LOG.warn("stream {}: {}", stream.name(), detail);
    environment.events().alarm(environment.pipeline(), stream.name(), Alarm.SOURCE_RESET, detail);
  }

  /** True where the group was made, false where it was there. */
  private Future<Reply<Boolean>> make(ConsumedStream stream, String from) {
    Request request =
        Request.cmd(Command.XGROUP)
            .arg("CREATE")
            .arg(stream.name())
            .arg(name())
            .arg(from)
            .arg("MKSTREAM");
    return commands(stream)
        .send(request, made -> true)
        .map(
            reply ->
                reply instanceof Reply.Failed<Boolean> failed
                        && ServerError.is(failed.cause(), "BUSYGROUP")
                    ? Reply.ok(false)
                    : reply);
  }

  private UnfitException unfit(ConsumedStream stream, Throwable cause) {
    return new UnfitException(
        "stream " + stream.name() + " cannot be read: " + cause.getMessage(), cause);
  }
}
