package dev.tailrace.cli;

import dev.tailrace.config.Durations;
import dev.tailrace.observe.KeyHash;
import dev.tailrace.sink.DeadLetterFilter;
import io.vertx.core.buffer.Buffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which dead letters are meant. */
final class DlqOptions {
  private static final String HEX = "hex:";
  private static final int DIGITS = 10;
  private static final Instant LAST = Instant.ofEpochMilli(Long.MAX_VALUE);

  @Mixin private ConfigOptions config = new ConfigOptions();

  @Option(names = "--pipeline", paramLabel = "NAME", description = "Died in this pipeline")
  private @Nullable String pipeline; // set by picocli

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Died for this reason, as 'dlq list' shows it; several: for one of them")
  private List<String> reasons = new ArrayList<>(); // set by picocli

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Died at 2026-01-31T00:00:00Z or later; or 2h: within the last two hours")
  private @Nullable String since; // set by picocli

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "Has this key; bytes that are no text as hex:00ff")
  private @Nullable String key; // set by picocli

  @Option(names = "--limit", paramLabel = "N", description = "At most so many of them")
  private @Nullable Long limit; // set by picocli

  ConfigOptions config() {
    return config;
  }

  @Nullable String pipeline() {
    return pipeline;
  }

  long limit(CommandLine line, long otherwise) {
    Long set = limit;
    if (set != null && set < 1) {
      throw new ParameterException(line, "--limit must be at least 1, not " + set);
    }
    return set == null ? otherwise : set;
  }

  /** The filter, with a time that is a length counted back from {@code now}. */
  DeadLetterFilter filter(CommandLine line, Instant now) {
    return new DeadLetterFilter(
        pipeline, new LinkedHashSet<>(reasons), since(line, now), key(line));
  }

  /** As above; refuses a time that would be another one when the command is repeated. */
  DeadLetterFilter fixedFilter(CommandLine line, Instant now) {
    DeadLetterFilter filter = filter(line, now);
    if (filter.since() != null && instant(since) == null) {
      throw new ParameterException(
          line,
          "--since "
              + since
              + " is another time in each run, and a replay has to find its place again;"
              + " use --since "
              + filter.since());
    }
    return filter;
  }

  private @Nullable Instant since(CommandLine line, Instant now) {
    String text = since;
    if (text == null) {
      return null;
    }
    try {
      Instant time = instant(text);
      return within(time == null ? now.minus(Durations.parse(text)) : time);
    } catch (IllegalArgumentException neither) {
      throw new ParameterException(
          line,
          "--since: '" + text + "' is no time; allowed: such as 2026-01-31T00:00:00Z, or 2h",
          neither);
    }
  }

  /** Null where the text is something else. */
  private static @Nullable Instant instant(@Nullable String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException other) {
      return null;
    }
  }

  /** Brokers count milliseconds since 1970, and refuse others. */
  private static Instant within(Instant time) {
    if (time.isBefore(Instant.EPOCH)) {
      return Instant.EPOCH;
    }
    return time.isAfter(LAST) ? LAST : time;
  }

  private @Nullable Buffer key(CommandLine line) {
    String text = key;
    if (text == null || !text.startsWith(HEX)) {
      return text == null ? null : Buffer.buffer(text);
    }
    try {
      return Buffer.buffer(HexFormat.of().parseHex(text.substring(HEX.length())));
    } catch (IllegalArgumentException notHex) {
      throw new ParameterException(line, "--key: '" + text + "' is not hex", notHex);
    }
  }

  /**
   * A short name for what is chosen, and where it goes: the same choice has the same name, so that
   * a replay that is repeated goes on where it had stopped. {@code all} where nothing is chosen.
   */
  String selection(@Nullable String to) {
    if (pipeline == null && reasons.isEmpty() && since == null && key == null && to == null) {
      return "all";
    }
    List<@Nullable String> parts = new ArrayList<>();
    parts.add(pipeline);
    parts.add(since);
    parts.add(key);
    parts.add(to);
    parts.addAll(new TreeSet<>(reasons));
    StringBuilder text = new StringBuilder();
    for (String part : parts) {
      text.append(part == null ? "-" : part.length() + ":" + part).append(' ');
    }
    return KeyHash.of(Buffer.buffer(text.toString())).substring(0, DIGITS);
  }
}
