package dev.tailrace.message;

/** Makes one handler per consumer; named in the configuration as {@code handler.java.class}. */
@FunctionalInterface
public interface HandlerFactory {
  /** Called once per consumer on its event loop; an exception fails the start of the pipeline. */
  HandlerShape create(HandlerEnvironment environment);
}
