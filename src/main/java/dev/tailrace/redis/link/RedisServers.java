package dev.tailrace.redis.link;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where the server is, or who knows that. Immutable; prints without secrets.
 *
 * @param kind what the addresses are of
 * @param urls {@code redis://} or {@code rediss://} with host, and port, user, password and
 *     database where they differ from the defaults; of several each has the same scheme
 * @param primary the name under which sentinels know the server; else ""
 */
public record RedisServers(Kind kind, List<String> urls, String primary) {
  private static final int DEFAULT_PORT = 6379;
  private static final int SENTINEL_PORT = 26379;
  private static final Set<String> SCHEMES = Set.of("redis", "rediss");

  /** What addresses are of. */
  public enum Kind {
    /** The one server. */
    STANDALONE,
    /** Sentinels that know which server is the primary now. */
    SENTINEL,
    /** Some servers of a cluster; they know the others. */
    CLUSTER
  }

  /** Refuses addresses that are none, and none at all. */
  public RedisServers {
    urls = List.copyOf(urls);
    if (urls.isEmpty() || (kind == Kind.STANDALONE && urls.size() > 1)) {
      throw new IllegalArgumentException("so many addresses: " + urls.size());
    }
    for (String url : urls) {
      String wrong = problem(kind, url);
      if (wrong != null) {
        throw new IllegalArgumentException(wrong);
      }
    }
    if (urls.stream().map(RedisServers::scheme).distinct().count() > 1) {
      throw new IllegalArgumentException("some addresses are of TLS and some are not");
    }
    if (primary.isBlank() != (kind != Kind.SENTINEL)) {
      throw new IllegalArgumentException("the name of a primary belongs to sentinels");
    }
  }

  /** The one server. */
  public static RedisServers standalone(String url) {
    return new RedisServers(Kind.STANDALONE, List.of(url), "");
  }

  /**
   * The server that is the primary now.
   *
   * @param primary the name under which sentinels know it
   * @param urls of the sentinels, with users and passwords for them; the scheme is the servers',
   *     too
   */
  public static RedisServers sentinels(String primary, List<String> urls) {
    return new RedisServers(Kind.SENTINEL, urls, primary);
  }

  /**
   * A cluster.
   *
   * @param urls of some of its servers, with neither user nor password
   */
  public static RedisServers cluster(List<String> urls) {
    return new RedisServers(Kind.CLUSTER, urls, "");
  }

  /** What is wrong with an address of that kind, or null; see {@link #problem(String)}. */
  static @Nullable String problem(Kind kind, String url) {
    return switch (kind) {
      case STANDALONE -> problem(url);
      case SENTINEL -> sentinelProblem(url);
      case CLUSTER -> clusterProblem(url);
    };
  }

  private static @Nullable String clusterProblem(String url) {
    String wrong = problem(url);
    if (wrong != null) {
      return wrong;
    }
    URI uri = URI.create(url);
    if (uri.getPath().length() > 1) {
      return "a cluster has no databases";
    }
    return uri.getRawUserInfo() == null
        ? null
        : "user and password are those of all servers: keys of their own";
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

  private static @Nullable String sentinelProblem(String url) {
    String wrong = problem(url);
    boolean database = wrong == null && URI.create(url).getPath().length() > 1;
    return database ? "a sentinel has no databases" : wrong;
  }

  /** Whether the servers are spoken to by TLS. */
  boolean isSecure() {
    return scheme(urls.get(0)).equals("rediss");
  }

  /** A server that others have named, as an address. */
  String url(String host, int port) {
    String name = host.contains(":") ? "[" + host + "]" : host;
    return scheme(urls.get(0)) + "://" + name + ":" + port;
  }

  /**
   * A server that one of the cluster has named, as an address.
   *
   * @param host its host; "" or "?" for that of the one that named it
   * @param by address of the one that named it
   */
  String named(String host, int port, String by) {
    String same = URI.create(by).getHost();
    boolean unnamed = host.isEmpty() || host.equals("?");
    return url(unnamed ? same.replace("[", "").replace("]", "") : host, port);
  }

  /** The address with its port, which is another for sentinels where it is left out. */
  String withPort(String url) {
    URI uri = URI.create(url);
    if (uri.getPort() != -1) {
      return url;
    }
    String user = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo() + "@";
    return uri.getScheme() + "://" + user + address(url) + uri.getRawPath();
  }

  /** Host and port, for people. */
  String address(String url) {
    URI uri = URI.create(url);
    int usual = kind == Kind.SENTINEL ? SENTINEL_PORT : DEFAULT_PORT;
    return uri.getHost() + ":" + (uri.getPort() == -1 ? usual : uri.getPort());
  }

  /** Who is there, for people. */
  @Override
  public String toString() {
    String addresses = urls.stream().map(this::address).collect(Collectors.joining(", "));
    return switch (kind) {
      case STANDALONE -> addresses;
      case SENTINEL -> primary + " (sentinels " + addresses + ")";
      case CLUSTER -> "cluster (" + addresses + ")";
    };
  }

  private static String scheme(String url) {
    return url.substring(0, url.indexOf(':'));
  }
}
