package dev.tailrace.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What is fuzzed: each a class with the method that Jazzer calls. */
final class FuzzTargets {
  /** Where the inputs are that are kept, a folder for each target. */
  static final Path CORPORA = Path.of("src", "test", "resources", "fuzz");

  private static final List<String> CLASSES =
      List.of(
          "dev.tailrace.app.ConfigurationFuzz",
          "dev.tailrace.idempotency.KeyRuleFuzz",
          "dev.tailrace.redis.stream.RedisReplyFuzz",
          "dev.tailrace.redis.store.StoreAnswerFuzz",
          "dev.tailrace.sink.DeadLetterFuzz",
          "dev.tailrace.source.PositionMetadataFuzz",
          "dev.tailrace.verify.EventLogFuzz");

  private FuzzTargets() {}

  /**
   * One of them.
   *
   * @param className the class, with {@code public static void fuzzerTestOneInput(byte[])}
   */
  record Target(String className) {
    String name() {
      return className.replaceAll(".*\\.|Fuzz$", "");
    }

    Path corpus() {
      return CORPORA.resolve(name());
    }

    List<byte[]> kept() {
      List<byte[]> kept = new ArrayList<>();
      try (Stream<Path> files = Files.list(corpus())) {
        for (Path file : files.sorted().toList()) {
          kept.add(Files.readAllBytes(file));
        }
        return kept;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Consumer<byte[]> entry() throws ReflectiveOperationException {
      var method =
          MethodHandles.publicLookup()
              .findStatic(
                  Class.forName(className),
                  "fuzzerTestOneInput",
                  MethodType.methodType(void.class, byte[].class));
      return input -> {
        try {
          method.invokeExact(input);
        } catch (RuntimeException | Error found) {
          throw found;
        } catch (Throwable found) {
          throw new UndeclaredThrowableException(found);
        }
      };
    }

    @Override
    public String toString() {
      return name();
    }
  }

  static List<Target> all() {
    return CLASSES.stream().map(Target::new).toList();
  }
}
