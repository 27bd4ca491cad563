package dev.tailrace.admin;

import dev.tailrace.config.PemTls;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.Objects;

/** TLS as a server speaks it: HTTP/1.1 alone, and where a CA is given, to those that it signed. */
final class ServerTls {
  private ServerTls() {}

  /** Has a server speak it from its start. */
  static void apply(PemTls pem, HttpServerOptions server) {
    ServerSSLOptions tls = options(pem);
    server
        .setSsl(true)
        .setUseAlpn(tls.isUseAlpn())
        .setKeyCertOptions(tls.getKeyCertOptions())
        .setTrustOptions(tls.getTrustOptions())
        .setClientAuth(tls.getClientAuth());
  }

  /** What a server that speaks it can take over later. */
  static ServerSSLOptions options(PemTls pem) {
    ServerSSLOptions options =
        new ServerSSLOptions()
            .setUseAlpn(false)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(Objects.requireNonNull(pem.certificate())))
                    .addKeyValue(Buffer.buffer(Objects.requireNonNull(pem.key()))));
    String ca = pem.ca();
    return ca == null
        ? options
        : options
            .setClientAuth(ClientAuth.REQUIRED)
            .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(ca)));
  }
}
