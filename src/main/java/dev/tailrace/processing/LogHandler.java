package dev.tailrace.processing;

import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.KeyHash;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handler {@code log: {}}: one line per message with its origin, the hash of its key and its
 * size, never its payload. Stateless.
 */
public final class LogHandler implements MessageHandler {
  private static final Logger LOG = LoggerFactory.getLogger(LogHandler.class);

  @Override
  public Future<Outcome> handle(Message message, MessageContext context) {
    Buffer body = message.body();
    LOG.info(
        "{} attempt={} key={} bytes={}",
        message,
        context.attempt(),
        KeyHash.of(message.key()),
        body == null ? "none" : body.length());
    return Future.succeededFuture(Outcome.done());
  }
}
