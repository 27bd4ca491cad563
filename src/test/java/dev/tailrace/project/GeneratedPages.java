package dev.tailrace.project;

import dev.tailrace.app.PoolSchema;
import dev.tailrace.config.ConfigReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files that are generated from the schema of the configuration, and checked in. */
public final class GeneratedPages {
  /** Writes them anew. */
  static final String COMMAND = "mvn -q test-compile exec:java@docs";

  private GeneratedPages() {}

  /** Writes them below the folder in which it runs. */
  public static void main(String[] arguments) throws IOException {
    for (Map.Entry<Path, String> page : all().entrySet()) {
      Files.writeString(page.getKey(), page.getValue());
    }
  }

  /** Their texts by their paths. */
  static Map<Path, String> all() {
    ConfigReference reference = new ConfigReference(PoolSchema.schema());
    Map<Path, String> pages = new LinkedHashMap<>();
    pages.put(Path.of("docs", "configuration.md"), reference.markdown());
    pages.put(Path.of("config", "reference.yaml"), reference.referenceYaml());
    return pages;
  }
}
