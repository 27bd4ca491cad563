package dev.tailrace.app;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.message.BatchHandler;
import dev.tailrace.message.BlockingHandler;
import dev.tailrace.message.HandlerFactory;
import dev.tailrace.message.HandlerShape;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.processing.LogHandler;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the key {@code handler} of a pipeline; finds out now what would fail at the start. */
final class HandlerReader {
  private static final String ALLOWED =
      "allowed: a class with a public constructor without parameters that implements"
          + " MessageHandler, BlockingHandler, BatchHandler or HandlerFactory";

  private final Plugins plugins;
  private final ConfigSection pipeline;

  HandlerReader(Plugins plugins, ConfigSection pipeline) {
    this.plugins = plugins;
    this.pipeline = pipeline;
  }

  HandlerFactory read() throws ConfigException {
    ConfigSection.Chosen chosen = pipeline.oneOf("handler");
    if (chosen.type().equals(PoolSchema.LOG)) {
      checkThreading(LogHandler.class);
      return environment -> new LogHandler();
    }
    return ofClass(chosen.section());
  }

  private HandlerFactory ofClass(ConfigSection section) throws ConfigException {
    String name = section.text("class");
    Constructor<?> constructor = constructor(section, name);
    Object first = make(section, name, constructor);
    if (first instanceof HandlerFactory factory) {
      Class<?> type = factory.getClass();
      ClassLoader loader = type.getClassLoader();
      return environment ->
          PluginScope.around(PluginScope.as(loader, () -> factory.create(environment)), type);
    }
    if (!(first instanceof HandlerShape shape)) {
      throw refused(section, "'" + name + "' is no handler");
    }
    checkThreading(shape.getClass());
    // The one made for the check serves the first consumer; each other consumer has its own.
    AtomicReference<@Nullable HandlerShape> ready = new AtomicReference<>(shape);
    return environment -> {
      HandlerShape checked = ready.getAndSet(null);
      HandlerShape made = checked != null ? checked : (HandlerShape) unchecked(constructor);
      return PluginScope.around(made, made.getClass());
    };
  }

  private Constructor<?> constructor(ConfigSection section, String name) throws ConfigException {
    Class<?> type;
    try {
      type = plugins.find(name);
    } catch (ClassNotFoundException missing) {
      throw refused(section, "class '" + name + "' " + missing.getMessage());
    } catch (LinkageError broken) {
      throw refused(section, "class '" + name + "' cannot be loaded: " + broken);
    }
    try {
      return type.getConstructor();
    } catch (NoSuchMethodException none) {
      throw refused(section, "'" + name + "' has no public constructor without parameters");
    }
  }

  private static Object make(ConfigSection section, String name, Constructor<?> constructor)
      throws ConfigException {
    try {
      return made(constructor);
    } catch (InvocationTargetException thrown) {
      throw refused(section, "'" + name + "' threw in its constructor: " + thrown.getCause());
    } catch (ReflectiveOperationException | LinkageError impossible) {
      throw refused(section, "'" + name + "' cannot be made: " + impossible);
    }
  }

  private static Object made(Constructor<?> constructor) throws ReflectiveOperationException {
    ClassLoader loader = constructor.getDeclaringClass().getClassLoader();
    return PluginScope.<Object, ReflectiveOperationException>as(loader, constructor::newInstance);
  }

  private static Object unchecked(Constructor<?> constructor) {
    try {
      return made(constructor);
    } catch (ReflectiveOperationException failure) {
      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
      throw new IllegalStateException("cannot make " + constructor.getDeclaringClass(), cause);
    }
  }

  /** {@code threading} must agree with the shape, which decides where a handler runs. */
  private void checkThreading(Class<?> shape) throws ConfigException {
    String threading = pipeline.choice("threading");
    boolean blocking = BlockingHandler.class.isAssignableFrom(shape);
    String fits = blocking ? "worker" : "event-loop";
    if (!threading.equals("auto") && !threading.equals(fits)) {
      throw new ConfigException(
          List.of(
              pipeline.error(
                  "threading",
                  "'%s' does not fit %s, which is a %s"
                      .formatted(threading, shape.getSimpleName(), shapeOf(shape).getSimpleName()),
                  "allowed: auto or " + fits.toLowerCase(Locale.ROOT))));
    }
  }

  private static Class<?> shapeOf(Class<?> handler) {
    return Stream.of(BlockingHandler.class, BatchHandler.class)
        .filter(shape -> shape.isAssignableFrom(handler))
        .findFirst()
        .orElse(MessageHandler.class);
  }

  private static ConfigException refused(ConfigSection section, String problem) {
    ConfigError error = section.error("class", problem, ALLOWED);
    return new ConfigException(List.of(error));
  }
}
