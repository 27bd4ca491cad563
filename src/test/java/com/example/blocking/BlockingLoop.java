package com.example.blocking;

import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.LoggerFactory;

/** A handler that does what none may: it blocks the event loop it is called on, for ever. */
public final class BlockingLoop implements MessageHandler {
  /** What it says before. */
  public static final String BLOCKS = "blocks its event loop";

  /** Made by name. */
  public BlockingLoop() {}

  @Override
  @SuppressWarnings("InfiniteLoopStatement")
  public Future<Outcome> handle(Message message, MessageContext context) {
    LoggerFactory.getLogger(BlockingLoop.class).warn("{} {}", message, BLOCKS);
    while (true) {
      LockSupport.park(this);
    }
  }
}
