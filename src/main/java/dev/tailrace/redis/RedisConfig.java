package dev.tailrace.redis;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.Fragment;
import dev.tailrace.config.ObjectSchema;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.tracing.TracingPolicy;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The server and how to speak to it; the root section {@code redis}. Immutable; prints without its
 * secrets.
 *
 * @param url {@code redis://} or {@code rediss://} with host, and port, user and database where
 *     they differ from the defaults
 * @param password where it is not part of the address; null for none
 * @param timeout how long a command or a connection may take until its outcome is unknown
 */
public record RedisConfig(String url, @Nullable String password, Duration timeout) {
  /** How long a command may take where nothing else is said. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);

  /** The most commands that a connection may have under way in the client. */
  private static final int WAITING_LIMIT = 2 * RedisLink.IN_FLIGHT_LIMIT;

  private static final String SECTION = "redis";
  private static final String DEFAULT_URL = "redis://localhost:6379";
  private static final int DEFAULT_PORT = 6379;
  private static final Set<String> SCHEMES = Set.of("redis", "rediss");

  /** Refuses an address that is none, and a time-out that is not positive. */
  public RedisConfig {
    String wrong = problem(url);
    if (wrong != null) {
      throw new IllegalArgumentException(wrong);
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("the time-out must be positive, not " + timeout);
    }
  }

  /** The server at {@code url} with the default time-out. */
  public static RedisConfig of(String url) {
    return new RedisConfig(url, null, DEFAULT_TIMEOUT);
  }

  /** The root section {@code redis} of the configuration. */
  public static Fragment fragment() {
    ObjectSchema schema =
        ObjectSchema.builder()
            .text(
                "url",
                DEFAULT_URL,
                "The server: redis://host:port, or rediss:// for TLS; a user and the number of a"
                    + " database may be part of it")
            .text("password", null, "The password, where it is not part of the address")
            .secret("password")
            .duration(
                "timeout",
                DEFAULT_TIMEOUT,
                Duration.ofMillis(50),
                Duration.ofMinutes(1),
                "How long a command may take; then its outcome is unknown and the connection is"
                    + " made anew")
            .build();
    return new Fragment(SECTION, schema);
  }

  /**
   * Reads the section {@code redis}.
   *
   * @param root the whole configuration
   */
  static RedisConfig read(ConfigSection root) throws ConfigException {
    ConfigSection section = root.section(SECTION);
    String url = section.text("url");
    String wrong = problem(url);
    if (wrong != null) {
      ConfigError error = section.error("url", wrong, "allowed: such as " + DEFAULT_URL);
      throw new ConfigException(List.of(error));
    }
    return new RedisConfig(
        url, section.optionalText("password").orElse(null), section.duration("timeout"));
  }

  /** What is wrong with an address, in words that do not show it, since it may hold a password. */
  static @Nullable String problem(String url) {
    try {
      URI uri = new URI(url);
      if (uri.getScheme() == null || !SCHEMES.contains(uri.getScheme())) {
        return "the address must begin with redis:// or rediss://";
      }
      if (uri.getHost() == null) {
        return "the address names no host";
      }
      if (!uri.getPath().matches("/?|/\\d{1,5}")) {
        return "the address must end after the port or with the number of a database";
      }
      return null;
    } catch (URISyntaxException e) {
      return "the address is no URL: " + e.getReason();
    }
  }

  /** Host and port, for people. */
  public String address() {
    URI uri = URI.create(url);
    return uri.getHost() + ":" + (uri.getPort() == -1 ? DEFAULT_PORT : uri.getPort());
  }

  /**
   * The client's options for one dedicated connection: a pool of one, nothing recycled, RESP 2
   * since its arrays keep field names as bytes where the maps of RESP 3 become strings.
   */
  RedisOptions options() {
    NetClientOptions net =
        new NetClientOptions()
            .setConnectTimeout(Math.toIntExact(Math.min(timeout.toMillis(), Integer.MAX_VALUE)))
            .setTcpKeepAlive(true);
    if (url.startsWith("rediss:")) {
      net.setSsl(true).setHostnameVerificationAlgorithm("HTTPS");
    }
    RedisOptions options =
        new RedisOptions()
            .setType(RedisClientType.STANDALONE)
            .setConnectionString(url)
            .setNetClientOptions(net)
            .setPreferredProtocolVersion(ProtocolVersion.RESP2)
            .setMaxPoolSize(1)
            .setMaxPoolWaiting(1)
            .setPoolCleanerInterval(-1)
            .setPoolRecycleTimeout(-1)
            .setMaxWaitingHandlers(WAITING_LIMIT)
            .setTracingPolicy(TracingPolicy.IGNORE);
    if (password != null) {
      options.setPassword(password);
    }
    return options;
  }

  @Override
  public String toString() {
    return "redis " + address();
  }
}
