package dev.tailrace.redis.link;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The server and how to speak to it; the root section {@code redis}. Immutable; prints without its
 * secrets.
 *
 * @param servers where it is, or who knows that
 * @param user where it is not part of the address; null for the default user
 * @param password where it is not part of the address; null for none
 * @param timeout how long a command or a connection may take until its outcome is unknown
 * @param tls how the servers are spoken to where their addresses are of {@code rediss://}
 */
public record RedisConfig(
    RedisServers servers,
    @Nullable String user,
    @Nullable String password,
    Duration timeout,
    RedisTls tls) {
  /** How long a command may take where nothing else is said. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);

  /** The most commands that a connection may have under way in the client. */
  private static final int WAITING_LIMIT = 2 * RedisLink.IN_FLIGHT_LIMIT;

  private static final String SECTION = "redis";
  private static final String SENTINEL = "sentinel";
  private static final String PRIMARY = "master";
  private static final String TLS = "tls";
  private static final String CLUSTER = "cluster";
  private static final String DEFAULT_URL = "redis://localhost:6379";

  /** Refuses a time-out that is not positive. */
  public RedisConfig {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("the time-out must be positive, not " + timeout);
    }
  }

  /** With TLS, where it is asked for, by the CAs that the JVM knows. */
  public RedisConfig(
      RedisServers servers, @Nullable String user, @Nullable String password, Duration timeout) {
    this(servers, user, password, timeout, RedisTls.DEFAULT);
  }

  /** The one server at {@code url}; refuses an address that is none. */
  public RedisConfig(String url, @Nullable String password, Duration timeout) {
    this(RedisServers.standalone(url), null, password, timeout);
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
                    + " database may be part of it. Not used where sentinels or a cluster are given")
            .object(SENTINEL, sentinelSchema(), "Sentinels that know which server is the primary")
            .object(CLUSTER, clusterSchema(), "A cluster, in place of a single server")
            .text("user", null, "The user, where it is not part of the address")
            .text("password", null, "The password, where it is not part of the address")
            .secret("password")
            .duration(
                "timeout",
                DEFAULT_TIMEOUT,
                Duration.ofMillis(50),
                Duration.ofMinutes(1),
                "How long a command may take; then its outcome is unknown and the connection is"
                    + " made anew")
            .object(TLS, RedisTls.schema(), "TLS, for addresses of rediss://")
            .build();
    return new Fragment(SECTION, schema);
  }

  private static ObjectSchema sentinelSchema() {
    return ObjectSchema.builder()
        .text(PRIMARY, null, "The name under which the sentinels know the primary")
        .texts(
            "urls",
            "The sentinels: redis://host:port each, or all rediss:// for TLS, then to the servers,"
                + " too; with users and passwords of the sentinels' own")
        .build();
  }

  private static ObjectSchema clusterSchema() {
    return ObjectSchema.builder()
        .texts(
            "urls",
            "Some servers of it, which know the others: redis://host:port each, or all rediss:// for"
                + " TLS; user and password are keys of their own")
        .build();
  }

  /**
   * Reads the section {@code redis}.
   *
   * @param root the whole configuration
   */
  public static RedisConfig read(ConfigSection root) throws ConfigException {
    ConfigSection section = root.section(SECTION);
    RedisServers servers = servers(section);
    ConfigSection tls = section.section(TLS);
    List<ConfigError> errors = RedisTls.read(tls).errors(tls, servers.isSecure());
    if (!errors.isEmpty()) {
      throw new ConfigException(errors);
    }
    return new RedisConfig(
        servers,
        section.optionalText("user").orElse(null),
        section.optionalText("password").orElse(null),
        section.duration("timeout"),
        RedisTls.read(tls));
  }

  private static RedisServers servers(ConfigSection section) throws ConfigException {
    String url = section.text("url");
    ConfigSection sentinel = section.section(SENTINEL);
    ConfigSection cluster = section.section(CLUSTER);
    List<String> sentinels = sentinel.texts("urls");
    List<String> nodes = cluster.texts("urls");
    Optional<String> primary = sentinel.optionalText(PRIMARY);
    List<ConfigError> errors = new ArrayList<>();
    if (sentinels.isEmpty() != primary.isEmpty()) {
      String missing = sentinels.isEmpty() ? "urls" : PRIMARY;
      errors.add(
          sentinel.error(missing, "is missing", "allowed: both urls and " + PRIMARY + ", or none"));
    }
    if (primary.filter(String::isBlank).isPresent()) {
      errors.add(sentinel.error(PRIMARY, "is empty", "allowed: a name that the sentinels know"));
    }
    if (!(sentinels.isEmpty() && nodes.isEmpty()) && !url.equals(DEFAULT_URL)) {
      String others = nodes.isEmpty() ? "sentinels" : "a cluster";
      errors.add(section.error("url", "stands beside " + others, "allowed: one of the two"));
    }
    if (!sentinels.isEmpty() && !nodes.isEmpty()) {
      errors.add(section.error(CLUSTER, "stands beside sentinels", "allowed: one of the two"));
    }
    addressError(section, "url", RedisServers.problem(url)).ifPresent(errors::add);
    errors.addAll(addressErrors(sentinel, RedisServers.Kind.SENTINEL));
    errors.addAll(addressErrors(cluster, RedisServers.Kind.CLUSTER));
    if (!errors.isEmpty()) {
      throw new ConfigException(errors);
    }
    if (!nodes.isEmpty()) {
      return RedisServers.cluster(nodes);
    }
    return sentinels.isEmpty()
        ? RedisServers.standalone(url)
        : RedisServers.sentinels(primary.orElseThrow(), sentinels);
  }

  private static List<ConfigError> addressErrors(ConfigSection section, RedisServers.Kind kind) {
    List<String> urls = section.texts("urls");
    List<ConfigError> errors = new ArrayList<>();
    for (String each : urls) {
      addressError(section, "urls", RedisServers.problem(kind, each)).ifPresent(errors::add);
    }
    if (urls.stream().map(each -> each.startsWith("rediss:")).distinct().count() > 1) {
      errors.add(section.error("urls", "some are of TLS, some are not", "allowed: one of the two"));
    }
    return errors;
  }

  private static Optional<ConfigError> addressError(
      ConfigSection section, String key, @Nullable String problem) {
    return Optional.ofNullable(problem)
        .map(wrong -> section.error(key, wrong, "allowed: such as " + DEFAULT_URL));
  }

  /** Where it is, for people. */
  public String address() {
    return servers.toString();
  }

  /** The client's options for one dedicated connection to the server at {@code url}. */
  RedisOptions options(String url) {
    RedisOptions options = plain(url);
    if (user != null) {
      options.setUser(user);
    }
    if (password != null) {
      options.setPassword(password);
    }
    return options;
  }

  /** Where one server of the cluster is. */
  RedisConfig node(String url) {
    return new RedisConfig(RedisServers.cluster(List.of(url)), user, password, timeout, tls);
  }

  /** Those for a connection to a sentinel, which has users of its own. */
  RedisOptions sentinelOptions(String url) {
    return plain(servers.withPort(url));
  }

  /**
   * A pool of one, nothing recycled, RESP 2 since its arrays keep field names as bytes where the
   * maps of RESP 3 become strings.
   */
  private RedisOptions plain(String url) {
    NetClientOptions net =
        new NetClientOptions()
            .setConnectTimeout(Math.toIntExact(Math.min(timeout.toMillis(), Integer.MAX_VALUE)))
            .setTcpKeepAlive(true);
    if (servers.isSecure()) {
      tls.apply(net);
    }
    return new RedisOptions()
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
  }

  @Override
  public String toString() {
    return "redis " + address();
  }
}
