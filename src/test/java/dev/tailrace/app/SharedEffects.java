package dev.tailrace.app;

import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.message.HandlerFactory;
import dev.tailrace.message.HandlerShape;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Gives a test's {@link EffectLog} to a configuration, which can only name a class. */
public final class SharedEffects implements HandlerFactory {
  private static final Map<String, EffectLog> LOGS = new ConcurrentHashMap<>();

  /** Under this name in {@code handler.java.config.log}. */
  static void put(String name, EffectLog log) {
    LOGS.put(name, log);
  }

  @Override
  public HandlerShape create(HandlerEnvironment environment) {
    String name = environment.config().getString("log");
    EffectLog log = LOGS.get(name);
    if (log == null) {
      throw new IllegalArgumentException("no effect log " + name);
    }
    return log;
  }
}
