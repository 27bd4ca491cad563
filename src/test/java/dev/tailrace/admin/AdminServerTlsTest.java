package dev.tailrace.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.config.PemTls;
import dev.tailrace.lifecycle.State;
import dev.tailrace.local.TestCertificates;
import dev.tailrace.local.TestCertificates.Identity;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a CA is given for those who get in, an order needs a certificate of it and the token. */
final class AdminServerTlsTest {
  private static final String TOKEN = "t".repeat(32);

  @TempDir private static Path files;
  private static TestCertificates authority;
  private static Identity server;
  private static Identity worker;

  private final Vertx clients = Vertx.vertx();
  private final AtomicReference<AdminServer> admin = new AtomicReference<>();
  private final PoolUnderTest pool =
      new PoolUnderTest(
          vertx ->
              served -> {
                PemTls tls = new PemTls(authority.authority(), server.chain(), server.key());
                ListenAddress address = new ListenAddress("admin", "127.0.0.1", 0, tls);
                admin.set(
                    new AdminServer(vertx, address, served, AdminToken.of(TOKEN), () -> "{}"));
                return Objects.requireNonNull(admin.get());
              });

  @BeforeAll
  static void issue() {
    authority = new TestCertificates(files, "ca");
    server = authority.issue("server");
    worker = authority.issue("worker");
  }

  @AfterEach
  void close() throws Exception {
    pool.close();
    PoolUnderTest.result(clients.close());
  }

  @Test
  void theTokenDoesNotStandForTheCertificate() throws Exception {
    pool.started();

    assertThat(refused(HttpMethod.GET, "/status", null, TOKEN)).isTrue();
    assertThat(refused(HttpMethod.POST, "/pause", null, TOKEN)).isTrue();

    assertThat(pool.pool().state()).isEqualTo(State.RUNNING);
  }

  @Test
  void theCertificateDoesNotStandForTheToken() throws Exception {
    pool.started();

    assertThat(answer(HttpMethod.GET, "/status", worker, null)).isEqualTo(200);
    assertThat(answer(HttpMethod.POST, "/pause", worker, null)).isEqualTo(401);
    assertThat(answer(HttpMethod.POST, "/pause", worker, "wrong")).isEqualTo(401);
    assertThat(pool.pool().state()).isEqualTo(State.RUNNING);

    assertThat(answer(HttpMethod.POST, "/pause", worker, TOKEN)).isEqualTo(200);
    assertThat(pool.pool().state()).isEqualTo(State.PAUSED);
  }

  private int answer(
      HttpMethod method, String path, @Nullable Identity shown, @Nullable String token)
      throws Exception {
    return PoolUnderTest.result(send(method, path, shown, token));
  }

  /** Whether no answer comes back at all. */
  private boolean refused(
      HttpMethod method, String path, @Nullable Identity shown, @Nullable String token)
      throws Exception {
    return PoolUnderTest.result(
        send(method, path, shown, token)
            .transform(answered -> Future.succeededFuture(answered.failed())));
  }

  private Future<Integer> send(
      HttpMethod method, String path, @Nullable Identity shown, @Nullable String token) {
    HttpClientOptions tls =
        new HttpClientOptions()
            .setSsl(true)
            .setTrustOptions(
                new PemTrustOptions().addCertValue(Buffer.buffer(authority.authority())));
    if (shown != null) {
      tls.setKeyCertOptions(
          new PemKeyCertOptions()
              .addCertValue(Buffer.buffer(shown.chain()))
              .addKeyValue(Buffer.buffer(shown.key())));
    }
    int port = Objects.requireNonNull(admin.get()).port();
    HttpClient client = clients.createHttpClient(tls);
    return client
        .request(method, port, "127.0.0.1", path)
        .compose(
            request -> {
              HttpClientRequest order =
                  token == null ? request : request.putHeader("Authorization", "Bearer " + token);
              return order.send();
            })
        .map(HttpClientResponse::statusCode)
        .eventually(client::close);
  }
}
