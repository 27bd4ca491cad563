package dev.tailrace.cli;

import java.nio.file.Path;
import java.util.Locale;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;
import org.jspecify.annotations.Nullable;

/**
 * Logs go to standard error, as text on a terminal and as JSON elsewhere. Log4j starts at the first
 * line that is logged, so that a command which logs nothing does not pay for it; it has no shutdown
 * hook, since the last lines are written after everything else has ended.
 */
final class LogSetup {
  private static final String FACTORY = "log4j2.configurationFactory";
  private static volatile Settings settings = // written by the command, before it starts anything
      new Settings(Format.AUTO, Level.INFO, null);

  private LogSetup() {}

  /** How lines look. */
  enum Format {
    /** Text on a terminal, else JSON. */
    AUTO,
    /** For people. */
    TEXT,
    /** For programs: one object a line. */
    JSON;

    boolean json() {
      return this == JSON || (this == AUTO && !Terminal.present());
    }
  }

  /**
   * What is logged and how.
   *
   * @param format how lines look
   * @param level the least severe that is written
   * @param file where they go instead of standard error, or null
   */
  record Settings(Format format, Level level, @Nullable Path file) {}

  static Settings settings() {
    return settings;
  }

  /** Comes before the first logger; a configuration that the user names to Log4j wins. */
  static void install() {
    setUnlessSet("log4j2.disableJmx", "true");
    setUnlessSet("log4j2.shutdownHookEnabled", "false");
    setUnlessSet("log4j2.isWebapp", "false");
    setUnlessSet("log4j2.statusLoggerLevel", "ERROR");
    setUnlessSet("log4j2.threadContextMap", MessageContextMap.class.getName());
    setUnlessSet(
        "vertx.logger-delegate-factory-class-name",
        "io.vertx.core.logging.SLF4JLogDelegateFactory");
    if (System.getProperty("log4j2.configurationFile") == null
        && System.getProperty("log4j.configurationFile") == null) {
      setUnlessSet(FACTORY, LogConfiguration.class.getName());
    }
  }

  /** Applies other settings, from the configuration or for a live view. */
  static void apply(Format format, String level, @Nullable Path file) {
    settings = new Settings(format, Level.valueOf(level.toUpperCase(Locale.ROOT)), file);
    if (LogConfiguration.class.getName().equals(System.getProperty(FACTORY))) {
      Configurator.reconfigure();
    }
  }

  /** Writes out what is buffered and ends logging. */
  static void flush() {
    if (LogConfiguration.inUse()) {
      LogManager.shutdown();
    }
  }

  private static void setUnlessSet(String key, String value) {
    if (System.getProperty(key) == null) {
      System.setProperty(key, value);
    }
  }
}
