package dev.tailrace.cli;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * The signals of the operating system: the only way into {@code sun.misc.Signal}. Reached by
 * reflection, because javac warns at each mention of that class and offers nothing to silence it,
 * and warnings are errors here. Thread-safe; the last handler of a signal wins.
 */
public final class OsSignals {
  private static final String SIGNAL = "sun.misc.Signal";
  private static final String HANDLER = "sun.misc.SignalHandler";

  private OsSignals() {}

  /**
   * Runs an action at each arrival of a signal, on a thread of the JVM's own; the default action no
   * longer happens.
   *
   * @param name without the prefix: {@code INT}, {@code TERM}, {@code HUP}
   * @throws IllegalArgumentException when the system does not know the signal, or the JVM was
   *     started with {@code -Xrs} and does not handle it
   */
  public static void handle(String name, Runnable action) {
    try {
      Class<?> handlerType = Class.forName(HANDLER);
      Object handler =
          Proxy.newProxyInstance(
              handlerType.getClassLoader(),
              new Class<?>[] {handlerType},
              (proxy, method, arguments) -> onCall(proxy, method, arguments, action));
      install(name, handlerType, handler);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("cannot handle signal " + name, e);
    }
  }

  /**
   * Ignores a signal, in this process and, as the system passes that on, in those it starts.
   *
   * @throws IllegalArgumentException as {@link #handle}
   */
  public static void ignore(String name) {
    try {
      Class<?> handlerType = Class.forName(HANDLER);
      install(name, handlerType, handlerType.getField("SIG_IGN").get(null));
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("cannot ignore signal " + name, e);
    }
  }

  private static void install(String name, Class<?> handlerType, Object handler)
      throws ReflectiveOperationException {
    Class<?> signalType = Class.forName(SIGNAL);
    Object signal = signalType.getConstructor(String.class).newInstance(name);
    signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, handler);
  }

  private static Object onCall(Object proxy, Method method, Object[] arguments, Runnable action) {
    switch (method.getName()) {
      case "handle":
        action.run();
        return proxy;
      case "equals":
        return proxy == arguments[0];
      case "hashCode":
        return System.identityHashCode(proxy);
      default:
        return "signal handler";
    }
  }
}
