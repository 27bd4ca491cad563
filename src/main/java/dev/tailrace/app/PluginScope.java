package dev.tailrace.app;

import dev.tailrace.message.BatchHandler;
import dev.tailrace.message.BlockingHandler;
import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.message.HandlerShape;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import java.util.List;

/**
 * Where a plug-in's code is called: its class loader is the thread's own meanwhile. Libraries find
 * their services and classes by that one, and would look for those of a plug-in in Tailrace. It is
 * set for the call alone, since the clients of brokers look for their own classes by it, too.
 */
final class PluginScope {
  private PluginScope() {}

  /** A step that makes something. */
  interface Step<T, E extends Exception> {
    T take() throws E;
  }

  /** Takes a step as the code of a class: with its loader where that is a plug-in's. */
  static <T, E extends Exception> T as(ClassLoader loader, Step<T, E> step) throws E {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return step.take();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** The handler with each of its calls as that of its maker; itself where that is no plug-in's. */
  static HandlerShape around(HandlerShape handler, Class<?> maker) {
    ClassLoader loader = maker.getClassLoader();
    if (!(loader instanceof PluginClassLoader)) {
      return handler;
    }
    if (handler instanceof BatchHandler batches) {
      return new Batches(loader, batches);
    }
    return handler instanceof BlockingHandler blocking
        ? new Blocking(loader, blocking)
        : new Asynchronous(loader, (MessageHandler) handler);
  }

  private record Asynchronous(ClassLoader loader, MessageHandler handler)
      implements MessageHandler {
    @Override
    public Future<Outcome> handle(Message message, MessageContext context) {
      return as(loader, () -> handler.handle(message, context));
    }

    @Override
    public Future<?> start(HandlerEnvironment environment) {
      return as(loader, () -> handler.start(environment));
    }

    @Override
    public Future<?> stop() {
      return as(loader, handler::stop);
    }
  }

  private record Batches(ClassLoader loader, BatchHandler handler) implements BatchHandler {
    @Override
    public Future<List<Outcome>> handle(List<MessageContext> batch) {
      return as(loader, () -> handler.handle(batch));
    }

    @Override
    public Future<?> start(HandlerEnvironment environment) {
      return as(loader, () -> handler.start(environment));
    }

    @Override
    public Future<?> stop() {
      return as(loader, handler::stop);
    }
  }

  private record Blocking(ClassLoader loader, BlockingHandler handler) implements BlockingHandler {
    @Override
    public Outcome handle(Message message, MessageContext context) throws Exception {
      return as(loader, () -> handler.handle(message, context));
    }

    @Override
    public Future<?> start(HandlerEnvironment environment) {
      return as(loader, () -> handler.start(environment));
    }

    @Override
    public Future<?> stop() {
      return as(loader, handler::stop);
    }
  }
}
