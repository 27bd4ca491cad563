package dev.tailrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.cli.OsSignals;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Servers on this machine leave nothing behind and hear no Ctrl-C. */
class LocalServersIT {
  private static final int SIGINT = 2;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Test
  void closingEndsTheProcessAndItsData() {
    LocalRedis redis = LocalRedis.start();
    redis.close();
    redis.close();
    assertGone(List.of(new Trace(redis.pid(), redis.data())));
  }

  @Test
  void aCrashOfTheOwnerLeavesNothingEvenOfAFrozenServer() throws Exception {
    Process owner = owner();
    List<Trace> servers = traces(owner);
    assertThat(servers).hasSize(2).allMatch(Trace::alive);

    owner.destroyForcibly().waitFor();

    assertGone(servers);
  }

  @Test
  void ctrlCDoesNotReachTheServers() throws Exception {
    assumeThat(ignoresInterrupts())
        .as("this JVM runs in the background, ignores SIGINT, and its children inherit that")
        .isFalse();
    Process owner = owner();
    List<Trace> servers = traces(owner);

    // what a terminal does: a signal to the whole foreground group
    new ProcessBuilder("kill", "-INT", "--", "-" + owner.pid()).start().waitFor();
    BufferedReader answers = owner.inputReader();
    assertThat(answers.readLine()).isEqualTo("heard INT");

    assertThat(servers).allMatch(Trace::alive);
    owner.destroyForcibly().waitFor();
    assertGone(servers);
  }

  private static boolean ignoresInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    return Files.exists(status)
        && Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .map(line -> Long.parseUnsignedLong(line.split("\\s+", 2)[1], 16))
            .anyMatch(ignored -> (ignored >> (SIGINT - 1) & 1) == 1);
  }

  private static void assertGone(List<Trace> servers) {
    await().atMost(LIMIT).untilAsserted(() -> assertThat(servers).allMatch(Trace::gone));
  }

  private static Process owner() throws IOException {
    return new ProcessBuilder(
            "setsid",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            TestClassPath.joined(),
            Owner.class.getName())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static List<Trace> traces(Process owner) throws IOException {
    List<Trace> traces = new ArrayList<>();
    BufferedReader lines = owner.inputReader();
    for (String line = lines.readLine();
        line != null && !line.equals("ready");
        line = lines.readLine()) {
      String[] words = line.split(" ", 2);
      traces.add(new Trace(Long.parseLong(words[0]), Path.of(words[1])));
    }
    return traces;
  }

  private record Trace(long pid, Path data) {
    boolean alive() {
      return ProcessHandle.of(pid).isPresent() && Files.exists(data);
    }

    boolean gone() {
      return ProcessHandle.of(pid).isEmpty() && Files.notExists(data);
    }
  }

  /** A process that starts both servers, freezes one, and waits to be killed. */
  static final class Owner {
    private Owner() {}

    public static void main(String[] arguments) throws IOException {
      OsSignals.handle("INT", () -> System.out.println("heard INT"));
      LocalKafka kafka = LocalKafka.start();
      LocalRedis redis = LocalRedis.start();
      kafka.pause();
      System.out.println(kafka.pid() + " " + kafka.data());
      System.out.println(redis.pid() + " " + redis.data());
      System.out.println("ready");
      System.in.read();
    }
  }
}
