package dev.tailrace.verify;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the event logs and the effects of a run as large as asked for, with a store, keys, retries
 * and kills, to show what memory the checker needs. Run by hand: {@code LargeRun FOLDER MESSAGES},
 * then {@code java -Xmx… -jar target/tailrace.jar verify --events FOLDER/events-*.jsonl --effects
 * FOLDER/effects.jsonl --expect effects,complete}. The files may be named pipes.
 */
final class LargeRun {
  private static final int PARTITIONS = 6;
  private static final int KEYS = 10_000;
  private static final int IN_FLIGHT = 64;
  private static final int COMMIT_EVERY = 500;

  private final BufferedWriter events;
  private final BufferedWriter effects;
  private final String incarnation;
  private long seq;
  private long fence;

  private LargeRun(BufferedWriter events, BufferedWriter effects, int process) {
    this.events = events;
    this.effects = effects;
    this.incarnation = "inc-" + process;
    this.fence = process * 1_000_000_000_000L;
  }

  /** Each of the processes has all partitions in turn, and hands them over in order. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    long messages = Long.parseLong(arguments[1]);
    int processes = 4;
    try (BufferedWriter effects = Files.newBufferedWriter(folder.resolve("effects.jsonl"))) {
      for (int process = 0; process < processes; process++) {
        Path file = folder.resolve("events-" + process + ".jsonl");
        try (BufferedWriter events = Files.newBufferedWriter(file)) {
          long each = messages / processes / PARTITIONS;
          new LargeRun(events, effects, process).run(process * each, (process + 1) * each);
        }
      }
    }
  }

  private void run(long from, long to) throws IOException {
    line(
        "\"ev\":\"state\",\"pipeline\":\"orders\",\"outcome\":\"configured\",\"detail\":\"order=key"
            + " consumers=1 concurrency=256 buffer=2048 poll=500 window=24000 idle=0 parked=512"
            + " attempts=5 store=redis retention=604800000 grade=B dlq=yes\"");
    for (int partition = 0; partition < PARTITIONS; partition++) {
      source("assigned", partition, from);
    }
    for (long at = from; at < to; at += IN_FLIGHT) {
      long end = Math.min(to, at + IN_FLIGHT);
      for (int partition = 0; partition < PARTITIONS; partition++) {
        batch(partition, at, end);
        if (at / COMMIT_EVERY != end / COMMIT_EVERY || end == to) {
          source("committed", partition, end);
        }
      }
    }
    line("\"ev\":\"drain_begin\",\"outcome\":\"sigterm\"");
    for (int partition = 0; partition < PARTITIONS; partition++) {
      source("revoked", partition, -1);
    }
    line("\"ev\":\"drain_end\",\"outcome\":\"clean\"");
  }

  private void batch(int partition, long from, long to) throws IOException {
    for (long position = from; position < to; position++) {
      message("received", partition, position, 1, "");
    }
    for (long position = from; position < to; position++) {
      fence++;
      String claim = ",\"outcome\":\"won\",\"detail\":\"fence=" + fence + " key=";
      String key = String.format("%016x", position * PARTITIONS + partition + 1);
      message("claim", partition, position, 0, claim + key + "\"");
      message("started", partition, position, 1, "");
      String mark = ",\"outcome\":\"done\",\"detail\":\"fence=" + fence + " mark=written\"";
      message("settled", partition, position, 1, mark);
      effects.write(
          "{\"pipeline\":\"orders\",\"msg\":\"orders/" + partition + "@" + position + "\"}\n");
    }
  }

  private void source(String event, int partition, long position) throws IOException {
    line(
        "\"ev\":\""
            + event
            + "\",\"pipeline\":\"orders\",\"source\":\"orders/"
            + partition
            + (position < 0 ? "\"" : "\",\"pos\":\"" + position + "\"")
            + ",\"epoch\":1");
  }

  private void message(String event, int partition, long position, int attempt, String tail)
      throws IOException {
    line(
        "\"ev\":\""
            + event
            + "\",\"pipeline\":\"orders\",\"source\":\"orders/"
            + partition
            + "\",\"pos\":\""
            + position
            + "\",\"epoch\":1,\"msg\":\"orders/"
            + partition
            + "@"
            + position
            + "\",\"key\":\""
            + String.format("%016x", position % KEYS)
            + "\""
            + (attempt == 0 ? "" : ",\"attempt\":" + attempt)
            + tail);
  }

  private void line(String fields) throws IOException {
    seq++;
    events.write("{\"seq\":" + seq + ",\"inc\":\"" + incarnation + "\",\"monoNanos\":");
    events.write(seq * 1_000 + ",\"wallMillis\":1767225600000,\"proc\":\"worker\",");
    events.write(fields + "}\n");
  }
}
