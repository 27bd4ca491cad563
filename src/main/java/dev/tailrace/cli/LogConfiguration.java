package dev.tailrace.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationFactory;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.builder.api.AppenderComponentBuilder;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilder;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilderFactory;
import org.apache.logging.log4j.core.config.builder.api.LayoutComponentBuilder;
import org.apache.logging.log4j.core.config.builder.impl.BuiltConfiguration;
import org.jspecify.annotations.Nullable;

/** Builds Log4j's configuration from {@link LogSetup}; made by Log4j, by name. */
public final class LogConfiguration extends ConfigurationFactory {
  private static final String APPENDER = "lines";

  /** Libraries that say at info what only their authors want to know. */
  private static final List<String> QUIET =
      List.of("org.apache.kafka", "io.vertx", "io.netty", "io.micrometer", "io.opentelemetry");

  /**
   * The one warns of keywords that are ours, the other each second of what the pool says itself.
   */
  private static final List<String> SILENT =
      List.of("com.networknt", "org.apache.kafka.clients.NetworkClient");

  private static final String TEXT =
      "%d{HH:mm:ss.SSS} %highlight{%-5level}{FATAL=red, ERROR=red, WARN=yellow, INFO=default,"
          + " DEBUG=cyan, TRACE=cyan} %logger{1} "
          + "%notEmpty{[%X{pipeline}%notEmpty{ %X{source}}%notEmpty{@%X{position}}] }"
          + "%msg%n%ex";

  private static volatile boolean inUse; // written by Log4j's own initialization

  /** For Log4j. */
  public LogConfiguration() {}

  static boolean inUse() {
    return inUse;
  }

  @Override
  protected String[] getSupportedTypes() {
    return new String[] {"*"};
  }

  @Override
  public Configuration getConfiguration(LoggerContext context, ConfigurationSource source) {
    return configuration(context);
  }

  @Override
  public Configuration getConfiguration(
      LoggerContext context, String name, @Nullable URI location) {
    return configuration(context);
  }

  @Override
  public Configuration getConfiguration(
      LoggerContext context, String name, @Nullable URI location, @Nullable ClassLoader loader) {
    return configuration(context);
  }

  private static Configuration configuration(LoggerContext context) {
    inUse = true;
    LogSetup.Settings settings = LogSetup.settings();
    ConfigurationBuilder<BuiltConfiguration> builder =
        ConfigurationBuilderFactory.newConfigurationBuilder();
    builder.setLoggerContext(context);
    builder.setConfigurationName("tailrace").setShutdownHook("disable");
    builder.add(appender(builder, settings));
    builder.add(builder.newRootLogger(settings.level()).add(builder.newAppenderRef(APPENDER)));
    Level quiet = settings.level().isMoreSpecificThan(Level.WARN) ? settings.level() : Level.WARN;
    if (!Level.TRACE.equals(settings.level())) {
      QUIET.forEach(name -> builder.add(builder.newLogger(name, quiet)));
      SILENT.forEach(name -> builder.add(builder.newLogger(name, Level.ERROR)));
    }
    return builder.build(false);
  }

  private static AppenderComponentBuilder appender(
      ConfigurationBuilder<BuiltConfiguration> builder, LogSetup.Settings settings) {
    Path file = settings.file();
    AppenderComponentBuilder appender =
        file == null
            ? builder.newAppender(APPENDER, "Console").addAttribute("target", "SYSTEM_ERR")
            : builder.newAppender(APPENDER, "File").addAttribute("fileName", file.toString());
    return appender.add(layout(builder, settings));
  }

  private static LayoutComponentBuilder layout(
      ConfigurationBuilder<BuiltConfiguration> builder, LogSetup.Settings settings) {
    if (settings.format().json()) {
      return builder
          .newLayout("JsonTemplateLayout")
          .addAttribute("eventTemplateUri", "classpath:dev/tailrace/cli/log-event.json");
    }
    boolean plain = settings.file() != null || !Terminal.colours();
    return builder
        .newLayout("PatternLayout")
        .addAttribute("pattern", TEXT)
        .addAttribute("disableAnsi", plain);
  }
}
