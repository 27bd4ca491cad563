package dev.tailrace.cli;

import dev.tailrace.config.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bench}: what a pool comes to on the user's own brokers, beside their client alone. */
@Command(
    name = "bench",
    description = {
      "Measures how fast a pipeline takes messages from your broker, and at what cost.",
      "Makes a topic or stream of its own, fills it, reads it some times, and deletes it; order,",
      "limits and store are the pipeline's, its handler is not called. In Kafka, beside it, the",
      "poll loop of the client, which works on nothing and keeps no order."
    },
    mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
  @Mixin private BenchSubject.Options subject = new BenchSubject.Options();
  @Mixin private BenchWork work = new BenchWork();
  @Mixin private OutputOption output = new OutputOption();
  @Spec private @Nullable CommandSpec spec; // set by picocli

  @Override
  public Integer call() throws ConfigException {
    CommandLine line = Commands.line(spec);
    work.check(line);
    LogSetup.apply(LogSetup.Format.AUTO, "error", null);
    BenchSubject measured = BenchSubject.read(line, subject);
    BenchTable table = new BenchTable(measured, work);
    try (ProgressLine progress = ProgressLine.of(line);
        BenchTopic topic = BenchTopic.filled(measured, work, progress)) {
      for (int round = 0; round <= work.rounds(); round++) {
        for (BenchContender contender : contenders(measured, topic.name(), round)) {
          BenchWindow.Reading reading = contender.run(work, progress);
          if (round > 0) { // what the JVM compiles in the first one is not what is asked for
            table.add(contender.label(), reading);
          }
        }
      }
    }
    line.getOut().println(output.json() ? table.json().encodePrettily() : table.text());
    return ExitCode.OK;
  }

  private List<BenchContender> contenders(BenchSubject measured, String topic, int round) {
    List<BenchContender> contenders = new ArrayList<>();
    if (work.isNothing()) {
      measured
          .pipeline()
          .bareTrial(topic, topic + "-bare-" + round)
          .ifPresent(reader -> contenders.add(new BareContender(reader)));
    }
    contenders.add(new PoolContender(measured, topic, round));
    return contenders;
  }
}
