package dev.tailrace.observe;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the meters of the brokers' own clients go: into a registry, or nowhere. A source binds what
 * its client counts when it connects, and takes it away when it closes. Immutable, and as
 * thread-safe as the registry is.
 */
public final class ClientMeters {
  /** Nowhere; needs no Micrometer. */
  public static final ClientMeters NONE = new ClientMeters(null);

  private final @Nullable MeterRegistry registry;

  private ClientMeters(@Nullable MeterRegistry registry) {
    this.registry = registry;
  }

  /** Into this registry. */
  public static ClientMeters into(MeterRegistry registry) {
    return new ClientMeters(registry);
  }

  /** The registry, where there is one. */
  public Optional<MeterRegistry> registry() {
    return Optional.ofNullable(registry);
  }
}
