package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.lifecycle.State;
import dev.tailrace.source.ManualBroker;
import io.vertx.core.Vertx;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What docs/embedding.md tells users to write compiles, and that for Spring does what it says.
 * Spring's interface is written down here as it is declared there, since Spring itself is none of
 * ours.
 */
final class EmbeddingPageTest {
  private static final String SMART_LIFECYCLE =
      """
      package org.springframework.context;

      public interface SmartLifecycle {
        void start();
        void stop();
        boolean isRunning();
        default boolean isAutoStartup() { return true; }
        default void stop(Runnable callback) { stop(); callback.run(); }
        default int getPhase() { return Integer.MAX_VALUE; }
      }
      """;

  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final ManualBroker broker = new ManualBroker(1);
  private final HeldHandler handler = new HeldHandler();
  private final Tailrace pool =
      Tailrace.builder(vertx)
          .add(Pipeline.named("orders").source(broker).handle(handler).build())
          .build();
  private Object bean = new Object();

  @BeforeEach
  void compileThePage() throws Exception {
    Path spring = write("org/springframework/context/SmartLifecycle.java", SMART_LIFECYCLE);
    Path users =
        write(
            "TailraceLifecycle.java",
            "import dev.tailrace.app.Tailrace;\nimport dev.tailrace.lifecycle.State;\n"
                + "import org.springframework.context.SmartLifecycle;\n"
                + written("compiled and run"));
    Path batches =
        write(
            "OrdersIndex.java",
            "import dev.tailrace.message.*;\nimport io.vertx.core.Future;\n"
                + "import io.vertx.core.buffer.Buffer;\nimport io.vertx.core.http.*;\n"
                + "import io.vertx.core.json.JsonObject;\nimport java.util.List;\n"
                + written("compiled"));
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-d",
                folder.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                spring.toString(),
                users.toString(),
                batches.toString());
    assertThat(failed).as("the page compiles").isZero();
    URLClassLoader loader =
        new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
    bean = loader.loadClass("TailraceLifecycle").getConstructor(Tailrace.class).newInstance(pool);
  }

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void springStartsThePoolAndItsStopIsAFullDrain() throws Exception {
    call("start");
    assertThat(call("isRunning")).isEqualTo(true);
    broker.produce(0, 3);
    await().until(() -> handler.started() == 3);

    CountDownLatch stopped = new CountDownLatch(1);
    Method stop = bean.getClass().getMethod("stop", Runnable.class);
    stop.invoke(bean, (Runnable) stopped::countDown);
    assertThat(call("isRunning")).as("from the first moment").isEqualTo(false);
    assertThat(stopped.getCount()).as("work is not done yet").isEqualTo(1);
    handler.release();

    await().until(() -> stopped.getCount() == 0);
    assertThat(pool.state()).isEqualTo(State.STOPPED);
    assertThat(pool.report().orElseThrow().exitCode()).isZero();
    assertThat(broker.source(0).committed()).isEqualTo(3);
    call("stop"); // as Spring may, once more
  }

  private Object call(String method) throws Exception {
    return bean.getClass().getMethod(method).invoke(bean);
  }

  private static String written(String mark) throws Exception {
    Matcher block =
        Pattern.compile(
                "<!-- " + mark + " by EmbeddingPageTest -->\n```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("docs", "embedding.md")));
    assertThat(block.find()).as("the page has it").isTrue();
    return block.group(1);
  }

  private Path write(String name, String text) throws Exception {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
