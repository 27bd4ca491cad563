package dev.tailrace.app;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.config.EffectiveConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A configuration that anybody wrote: loaded, or refused with every mistake in its place. */
public final class ConfigurationFuzz {
  private static final ConfigLoader LOADER = new ConfigLoader(PoolSchema.schema());
  private static final Path FILE = file();

  private ConfigurationFuzz() {}

  /** The bytes of a YAML file. */
  public static void fuzzerTestOneInput(byte[] input) {
    try {
      Files.write(FILE, input);
      EffectiveConfig config =
          LOADER.load(new ConfigInputs(List.of(FILE), Map.of("SET", "some"), List.of()));
      if (config.yaml().isEmpty() || config.sha256().length() != 64) {
        throw new IllegalStateException("loaded, and cannot be shown");
      }
    } catch (ConfigException refused) {
      if (refused.errors().isEmpty()) {
        throw new IllegalStateException("refused without a mistake", refused);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path file() {
    try {
      Path file = Files.createTempFile("fuzz", ".yaml");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
