package dev.tailrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What one run of the demo writes, and what it calls its topics and streams: the same random name
 * in all of them, so that it touches nobody's data.
 *
 * @param name of the run, as {@code tailrace-demo-x7k2}
 * @param folder of its files
 */
record DemoFiles(String name, Path folder) {
  /** A new name and its folder, among the temporary files. */
  static DemoFiles create() {
    String name = RandomName.of("tailrace-demo-");
    try {
      return new DemoFiles(name, Files.createTempDirectory(name + "-"));
    } catch (IOException failure) {
      throw new CommandException(
          ExitCode.FAILURE, "cannot write temporary files: " + failure, failure);
    }
  }

  String orders() {
    return name + "-orders";
  }

  String ordersDead() {
    return name + "-orders.dlq";
  }

  String payments() {
    return name + "-payments";
  }

  String paymentsDead() {
    return name + "-payments.dlq";
  }

  Path config() {
    return folder.resolve("tailrace.yaml");
  }

  Path events() {
    return folder.resolve("events.jsonl");
  }

  Path report() {
    return folder.resolve("report.json");
  }

  Path log() {
    return folder.resolve("tailrace.log");
  }

  /** Names of topics, streams and messages without the name of the run: {@code orders/1@33}. */
  String shorten(String text) {
    return text.replace(name + "-", "");
  }

  /** Writes the configuration of the run. */
  void writeConfig(String kafka, String redis) {
    String text =
        """
        # The configuration of one demo run; 'tailrace run -c' takes it, too.
        name: %1$s
        instance: demo
        kafka: {bootstrap.servers: "%2$s"}
        redis: {url: "%3$s"}
        startup: {deadline: 20s}
        pipelines:
          - name: orders
            source:
              kafka: {topics: [%4$s], group: %1$s, start: earliest}
            order: key
            concurrency: 64
            handler:
              java: {class: dev.tailrace.cli.DemoHandler, config: {least-millis: 20, most-millis: 120}}
            idempotency: {store: redis, key: "header:idempotency-key", retention: 1h}
            retry: {attempts: 3, backoff: 300ms}
            dead-letter: {kafka: %5$s}
          - name: payments
            source:
              redis: {streams: [%6$s], group: %1$s, start: earliest}
            order: unordered
            concurrency: 16
            handler:
              java: {class: dev.tailrace.cli.DemoHandler, config: {least-millis: 40, most-millis: 200}}
            retry: {attempts: 3, backoff: 300ms}
            dead-letter: {redis: "%7$s"}
        drain: {deadline: 20s}
        admin: {port: 0}
        probes: {port: 0}
        """
            .formatted(name, kafka, redis, orders(), ordersDead(), payments(), paymentsDead());
    try {
      Files.writeString(config(), text);
    } catch (IOException failure) {
      throw new CommandException(
          ExitCode.FAILURE, "cannot write " + config() + ": " + failure, failure);
    }
  }
}
