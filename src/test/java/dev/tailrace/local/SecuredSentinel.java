package dev.tailrace.local;

/** A Redis, and one sentinel that names it by its port for TLS. */
public final class SecuredSentinel implements AutoCloseable {
  /** The name under which the sentinel knows the server. */
  public static final String PRIMARY = "secured";

  private final int securedServer = LocalProcess.freePort();
  private final int securedSentinel = LocalProcess.freePort();
  private final LocalRedis server;
  private final LocalSentinel sentinel;

  /** Both running. */
  public SecuredSentinel(TlsSettings tls) {
    this.server = LocalRedis.start(tls.words(securedServer));
    this.sentinel = LocalSentinel.start(PRIMARY, securedServer, 1, tls.lines(securedSentinel));
  }

  /** Where the sentinel is, by TLS. */
  public String url() {
    return "rediss://" + LocalProcess.HOST + ":" + securedSentinel;
  }

  /** Where the server is, by TLS. */
  public String serverUrl() {
    return "rediss://" + LocalProcess.HOST + ":" + securedServer;
  }

  @Override
  public void close() {
    sentinel.close();
    server.close();
  }
}
