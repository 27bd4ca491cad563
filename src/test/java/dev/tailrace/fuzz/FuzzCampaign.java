package dev.tailrace.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.fuzz.FuzzTargets.Target;
import dev.tailrace.local.TestClassPath;
import dev.tailrace.proof.CampaignTime;
import dev.tailrace.proof.ProofResults;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Jazzer on every target, guided by what each input reaches: {@code mvn verify -Pchaos
 * -Dit.test=FuzzCampaign [-Dchaos.minutes=N]}. What reaches anything new is left in {@code
 * target/fuzz}; what is found is there, too, and is to be kept beside the other inputs.
 */
class FuzzCampaign {
  private static final Duration TIME = CampaignTime.FUZZ.orElse(Duration.ofMinutes(10));
  private static final long SEED = Long.getLong("chaos.seed", 1);
  private static final Path FOLDER = Path.of("target", "fuzz").toAbsolutePath();
  private static final Pattern RUNS = Pattern.compile("stat::number_of_executed_units: *(\\d+)");

  @Test
  void noInputBreaksAReader() throws Exception {
    List<Target> targets = FuzzTargets.all();
    long seconds = Math.max(5, TIME.toSeconds() / targets.size());
    JsonArray failures = new JsonArray();
    for (Target target : targets) {
      fuzz(target, seconds, failures);
    }
    assertThat(failures).isEmpty();
  }

  private static void fuzz(Target target, long seconds, JsonArray failures)
      throws IOException, InterruptedException {
    Path own = FOLDER.resolve(target.name());
    Files.createDirectories(own.resolve("reached"));
    Path log = own.resolve("log");
    int exitCode = jazzer(target, seconds, own, log);
    Matcher runs = RUNS.matcher(Files.readString(log));
    long made = runs.find() ? Long.parseLong(runs.group(1)) : 0;
    if (exitCode != 0) {
      failures.add(target + " broke; see " + log);
    }
    System.out.printf("fuzz: %s: %d inputs, exit %d%n", target, made, exitCode);
    ProofResults.merge(
        "fuzz",
        new JsonObject()
            .put(
                "targets",
                new JsonObject().put(target.name(), new JsonObject().put("guided", made)))
            .put("failures", exitCode == 0 ? new JsonArray() : new JsonArray().add(target.name())));
    assertThat(made).as(target + ", see " + log).isPositive();
  }

  private static int jazzer(Target target, long seconds, Path own, Path log)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx700m",
                "-cp",
                TestClassPath.joined(),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.className(),
                "--instrumentation_includes=dev.tailrace.**",
                "--custom_hook_excludes=**", // its own checks break Netty's use of Unsafe
                "--reproducer_path=" + own,
                own.resolve("reached").toString(),
                target.corpus().toAbsolutePath().toString(),
                "-artifact_prefix=" + own + "/",
                "-max_total_time=" + seconds,
                "-max_len=65536",
                "-timeout=30",
                "-rss_limit_mb=0", // the heap is bounded, and the driver keeps much beside it
                "-seed=" + SEED,
                "-print_final_stats=1")
            .directory(own.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (!process.waitFor(2 * seconds + 300, TimeUnit.SECONDS)) {
        throw new AssertionError(target + " does not end; see " + log);
      }
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }
}
