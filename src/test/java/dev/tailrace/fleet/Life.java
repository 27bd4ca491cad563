package dev.tailrace.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One run of the fat jar, and the files of it in its folder: {@code life-1.yaml}, {@code .log},
 * {@code .jsonl} of its events, {@code .report.json}.
 *
 * @param number by which its files are told from those of other lives
 */
record Life(Path folder, int number) {
  Path file(String ending) {
    return folder.resolve("life-" + number + "." + ending);
  }

  /** Starts it; the variables are added to its environment. */
  Process start(String config, Map<String, String> environment) throws IOException {
    Files.writeString(file("yaml"), config, UTF_8);
    return FatJar.start(
        folder,
        file("log"),
        List.of(
            "run",
            "-c",
            file("yaml").toString(),
            "--events",
            file("jsonl").toString(),
            "--report",
            file("report.json").toString()),
        environment);
  }

  /** Has what these did verified, with the reports of those that have one; nothing is broken. */
  static void verify(List<Life> lives) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("verify"));
    for (Life life : lives) {
      arguments.addAll(List.of("--events", life.file("jsonl").toString()));
      if (Files.exists(life.file("report.json"))) {
        arguments.addAll(List.of("--report", life.file("report.json").toString()));
      }
    }
    Path folder = lives.get(0).folder();
    Path verdict = folder.resolve("verdict.txt");
    int exit = FatJar.run(folder, verdict, arguments);
    assertThat(exit).as(Files.readString(verdict)).isZero();
  }
}
