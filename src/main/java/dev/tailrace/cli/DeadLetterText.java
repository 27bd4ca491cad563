package dev.tailrace.cli;

import dev.tailrace.message.Headers;
import dev.tailrace.sink.DeadLetter;
import dev.tailrace.sink.DeadLetterHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * A dead letter in words, and as JSON.
 *
 * @param letter what is shown
 */
record DeadLetterText(DeadLetter letter) {
  private static final String ROW = "  %-9s %s";

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(letter.position() + "  written " + letter.writtenAt());
    row(lines, "pipeline", letter.pipeline());
    row(lines, "reason", letter.reason());
    row(lines, "error", error());
    row(lines, "attempts", text(DeadLetterHeaders.ATTEMPTS));
    row(lines, "failed", failed());
    row(lines, "origin", origin());
    row(lines, "instance", text(DeadLetterHeaders.INSTANCE));
    for (Headers.Header header : letter.message().headers()) {
      if (!DeadLetterHeaders.isOurs(header.name())) {
        String name = PayloadPreview.line(header.name());
        lines.add(ROW.formatted("header", name + ": " + PayloadPreview.of(header.value())));
      }
    }
    lines.add(ROW.formatted("key", PayloadPreview.of(letter.message().key())));
    lines.add(ROW.formatted("body", PayloadPreview.of(letter.message().body()).withLength()));
    return lines;
  }

  private static void row(List<String> lines, String name, String text) {
    if (!text.isEmpty()) {
      lines.add(ROW.formatted(name, PayloadPreview.line(text)));
    }
  }

  private String error() {
    String message = text(DeadLetterHeaders.ERROR_MESSAGE);
    return letter.errorClass() + (message.isEmpty() ? "" : ": " + message);
  }

  private String failed() {
    String first = text(DeadLetterHeaders.FIRST_FAILED_AT);
    String last = text(DeadLetterHeaders.FAILED_AT);
    return first.isEmpty() || first.equals(last) ? last : last + ", first " + first;
  }

  private String origin() {
    String written = text(DeadLetterHeaders.ORIGIN_TIMESTAMP);
    return text(DeadLetterHeaders.ORIGIN) + (written.isEmpty() ? "" : ", written " + written);
  }

  private String text(String header) {
    return letter.text(header);
  }

  JsonObject json() {
    JsonArray headers = new JsonArray();
    for (Headers.Header header : letter.message().headers()) {
      if (!DeadLetterHeaders.isOurs(header.name())) {
        headers.add(PayloadPreview.of(header.value()).json().put("name", header.name()));
      }
    }
    return new JsonObject()
        .put("position", letter.position().toString())
        .put("written", letter.writtenAt().toString())
        .put("pipeline", letter.pipeline())
        .put("reason", letter.reason())
        .put("errorClass", letter.errorClass())
        .put("errorMessage", text(DeadLetterHeaders.ERROR_MESSAGE))
        .put("attempts", text(DeadLetterHeaders.ATTEMPTS))
        .put("firstFailedAt", text(DeadLetterHeaders.FIRST_FAILED_AT))
        .put("failedAt", text(DeadLetterHeaders.FAILED_AT))
        .put("origin", text(DeadLetterHeaders.ORIGIN))
        .put("originTimestamp", text(DeadLetterHeaders.ORIGIN_TIMESTAMP))
        .put("instance", text(DeadLetterHeaders.INSTANCE))
        .put("headers", headers)
        .put("key", PayloadPreview.of(letter.message().key()).json())
        .put("body", PayloadPreview.of(letter.message().body()).json());
  }
}
