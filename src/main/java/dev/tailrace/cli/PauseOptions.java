package dev.tailrace.cli;

import dev.tailrace.cli.AdminClient.Answer;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code pause} and {@code resume} share. */
final class PauseOptions {
  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Option(
      names = "--pipeline",
      paramLabel = "NAME",
      description = "Only this pipeline. Default: all")
  private @Nullable String pipeline; // set by picocli

  /**
   * Sends the order.
   *
   * @param order {@code pause} or {@code resume}
   */
  int order(String order, PrintWriter out) {
    String path =
        pipeline == null
            ? "/" + order
            : "/pipelines/" + URLEncoder.encode(pipeline, StandardCharsets.UTF_8) + "/" + order;
    Answer answer = admin.client().post(path);
    if (output.json()) {
      out.println(answer.body().encode());
    } else {
      out.println(
          (pipeline == null ? "pool" : "pipeline " + pipeline)
              + ": "
              + order
              + (answer.status() == 202
                  ? " has begun; 'tailrace status' says when nothing runs any more"
                  : " done"));
    }
    return ExitCode.OK;
  }
}
