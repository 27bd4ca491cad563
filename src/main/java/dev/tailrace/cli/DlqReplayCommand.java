package dev.tailrace.cli;

import dev.tailrace.config.ConfigException;
import dev.tailrace.sink.DeadLetter;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.sink.DeadLetterFilter;
import dev.tailrace.sink.Replay;
import dev.tailrace.sink.ReplayPlan;
import dev.tailrace.sink.ReplayPlan.Pace;
import dev.tailrace.sink.ReplayReport;
import dev.tailrace.sink.ReplayReport.Ending;
import dev.tailrace.sink.ReplayReport.Progress;
import dev.tailrace.sink.SinkFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dlq replay}: sends dead letters back, each as a new message. */
@Command(
    name = "replay",
    description = {
      "Sends dead letters back to where they came from.",
      "They go as they were, with a replay id: with an idempotency store each takes effect once,",
      "however often it is sent. The same command goes on where it had stopped; Ctrl-C stops it."
    },
    mixinStandardHelpOptions = true)
final class DlqReplayCommand implements Callable<Integer> {
  private static final String HALTED =
      "halted: what was under way is not awaited; the same command goes on from what was confirmed,"
          + " with the same replay ids";
  private static final Pattern RATE = Pattern.compile("([1-9]\\d{0,5})(/s)?");

  @Mixin private DlqOptions options = new DlqOptions();

  @Option(
      names = "--to",
      paramLabel = "kafka:TOPIC|redis:STREAM",
      description = "Sends them there instead")
  private @Nullable String to; // set by picocli

  @Option(
      names = "--rate",
      paramLabel = "N/s",
      defaultValue = "100/s",
      description = "At most so many a second. Default: ${DEFAULT-VALUE}")
  private String rate = ""; // set by picocli

  @Option(
      names = "--again",
      description = "From the beginning, as new messages once more: done work is done again")
  private boolean again; // set by picocli

  @Option(names = "--dry-run", description = "Only counts what would be sent")
  private boolean dryRun; // set by picocli

  @Mixin private OutputOption output = new OutputOption();
  @Spec private @Nullable CommandSpec spec; // set by picocli

  private int exitCode = ExitCode.OK; // main thread only
  private long lastLine; // main thread only
  private long lastReplayed; // main thread only

  @Override
  public Integer call() throws ConfigException {
    CommandLine line = Commands.line(spec);
    DeadLetterFilter meant = options.fixedFilter(line, Instant.now());
    int perSecond = perSecond(line);
    long limit = options.limit(line, Long.MAX_VALUE);
    DlqResults results = new DlqResults(line.getOut(), output);
    try (DlqSession session = DlqSession.open(line, options)) {
      Function<DeadLetter, Optional<SinkFactory>> way = way(line, session);
      String bookmark = session.letters().name() + ".dlq-replay." + options.selection(to);
      ReplayStop stop =
          new ReplayStop(
              session::tell,
              () -> {
                line.getErr().println(HALTED);
                Runtime.getRuntime().halt(ExitCode.FAILURE);
              });
      new Signals(System::nanoTime, stop).install();
      session.visit(
          limit,
          (box, left) -> {
            Pace pace = new Pace(left, perSecond, dryRun);
            ReplayPlan plan = new ReplayPlan(meant, way, bookmark, again, pace);
            ReplayText told = replay(line, new Running(session, stop), box, plan);
            exitCode = Math.max(exitCode, told.exitCode());
            results.add(told::json, told::lines);
            boolean stopped = told.report().ending() == Ending.STOPPED;
            return stopped ? left : told.report().counts().replayed();
          });
    }
    results.end("replays");
    return exitCode;
  }

  private record Running(DlqSession session, ReplayStop stop) {}

  private ReplayText replay(CommandLine line, Running within, DeadLetterBox box, ReplayPlan plan) {
    DlqSession session = within.session();
    long begun = System.nanoTime();
    lastLine = begun;
    lastReplayed = 0;
    Replay replay = new Replay(session.loop(), box, plan);
    ReplayReport report;
    try (ProgressLine progress = ProgressLine.of(line)) {
      report =
          session.call(
              () -> within.stop().run(replay),
              () -> progress.show(() -> progress(box, replay.progress())));
    }
    return new ReplayText(
        box.destination(), plan, report, Duration.ofNanos(System.nanoTime() - begun));
  }

  /** The speed is that since the last line. */
  private String progress(DeadLetterBox box, Progress at) {
    long now = System.nanoTime();
    double seconds = (now - lastLine) / 1e9;
    long more = at.replayed() - lastReplayed;
    lastLine = now;
    lastReplayed = at.replayed();
    return "%s, %s replayed, %s/s"
        .formatted(
            ProgressLine.bar(box.destination(), at.looked(), at.ahead()),
            Phrases.count(at.replayed()),
            Phrases.count(Math.round(more / Math.max(seconds, 0.001))));
  }

  private Function<DeadLetter, Optional<SinkFactory>> way(CommandLine line, DlqSession session) {
    String named = to;
    if (named == null) {
      return session.letters()::origin;
    }
    try {
      SinkFactory chosen = session.letters().destination(named);
      if (session.destinations().contains(chosen)) {
        throw new ParameterException(line, "--to: " + named + " is where the dead letters lie");
      }
      return letter -> Optional.of(chosen);
    } catch (IllegalArgumentException unknown) {
      throw new ParameterException(line, "--to: " + unknown.getMessage(), unknown);
    }
  }

  private int perSecond(CommandLine line) {
    Matcher number = RATE.matcher(rate);
    if (!number.matches()) {
      throw new ParameterException(
          line, "--rate: '" + rate + "' is no rate; allowed: 1/s to 999999/s");
    }
    return Integer.parseInt(number.group(1));
  }
}
