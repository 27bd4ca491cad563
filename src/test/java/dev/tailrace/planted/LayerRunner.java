package dev.tailrace.planted;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.CancellationToken;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherExecutionRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs layers, one after the other, in a JVM of its own; each ends with its first failure. Writes a
 * line per layer as soon as it has ended. A layer that passes its limit ends the JVM.
 */
public final class LayerRunner implements TestExecutionListener {
  private static final Set<String> METHODS = Set.of("method", "test-template", "test-factory");

  private final CancellationToken firstFailure = CancellationToken.create();
  private final AtomicInteger passed = new AtomicInteger();
  private final AtomicReference<@Nullable JsonObject> failure = new AtomicReference<>();

  private LayerRunner() {}

  /**
   * Runs them.
   *
   * @param arguments the file that says which, and the file for the results
   */
  public static void main(String[] arguments) throws IOException {
    JsonArray layers = new JsonArray(Files.readString(Path.of(arguments[0])));
    Path results = Path.of(arguments[1]);
    daemon(LayerRunner::endWithParent);
    for (int i = 0; i < layers.size(); i++) {
      JsonObject layer = layers.getJsonObject(i);
      long began = System.nanoTime();
      Thread limit = daemon(() -> expire(layer, results));
      JsonObject result = new LayerRunner().run(layer);
      limit.interrupt();
      write(results, result.put("seconds", (System.nanoTime() - began) / 1e9));
      if (result.containsKey("test") && Boolean.getBoolean("planted.first")) {
        break;
      }
    }
    Runtime.getRuntime().halt(0); // what a slip left running is of no interest
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Our input ends with the process that started us. */
  private static void endWithParent() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException broken) {
      // as good as an end
    }
    Runtime.getRuntime().halt(1);
  }

  private JsonObject run(JsonObject layer) {
    List<String> classes = layer.getJsonArray("classes").stream().map(String::valueOf).toList();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(classes.stream().map(name -> selectClass(name)).toList())
            .configurationParameter("junit.jupiter.execution.timeout.default", "3 m")
            .build();
    LauncherFactory.create()
        .execute(
            LauncherExecutionRequestBuilder.request(request)
                .cancellationToken(firstFailure)
                .listeners(this)
                .build());
    JsonObject result =
        new JsonObject().put("layer", layer.getString("layer")).put("passed", passed.get());
    JsonObject failed = failure.get();
    return failed == null ? result : result.mergeIn(failed);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == TestExecutionResult.Status.FAILED) {
      String message = result.getThrowable().map(String::valueOf).orElse("");
      JsonObject failed =
          new JsonObject()
              .put("test", name(test))
              .put("message", message.lines().limit(12).reduce("", (a, b) -> a + "\n" + b));
      if (failure.compareAndSet(null, failed)) {
        firstFailure.cancel();
      }
    } else if (test.isTest()) {
      passed.incrementAndGet();
    }
  }

  /** Class and method, however deep the test is nested. */
  private static String name(TestIdentifier test) {
    String type = "";
    String method = "";
    for (var segment : test.getUniqueIdObject().getSegments()) {
      if (segment.getType().contains("class")) {
        type = Layer.simpleName(segment.getValue());
      } else if (METHODS.contains(segment.getType())) {
        method = "." + segment.getValue().replaceAll("\\(.*", "").replaceAll(".*#", "");
      }
    }
    return type + method;
  }

  private static void expire(JsonObject layer, Path results) {
    try {
      Thread.currentThread().join(layer.getLong("limitMillis"));
    } catch (InterruptedException ended) {
      return;
    }
    write(
        results,
        new JsonObject()
            .put("layer", layer.getString("layer"))
            .put("test", "hangs")
            .put("message", "no end after " + layer.getLong("limitMillis") + " ms")
            .put("seconds", layer.getLong("limitMillis") / 1e3));
    Runtime.getRuntime().halt(1);
  }

  private static void write(Path results, JsonObject result) {
    try {
      String line = result.encode() + "\n";
      Files.writeString(results, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new IllegalStateException("cannot write " + results, e);
    }
  }
}
