package dev.tailrace.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tailrace.local.TokenKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Gives everyone a token of five minutes for the user {@code orders}, signed by one key. */
final class TokenServer implements AutoCloseable {
  private final TokenKey key;
  private final HttpServer server;
  private final List<String> askedAs = new CopyOnWriteArrayList<>();

  TokenServer(TokenKey key) throws IOException {
    this.key = key;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/token", this::answer);
    server.start();
  }

  String url() {
    return "http://localhost:" + server.getAddress().getPort() + "/token";
  }

  /** Who asked so far, as {@code id:secret}. */
  List<String> askedAs() {
    return askedAs;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String credentials = exchange.getRequestHeaders().getFirst("Authorization");
      askedAs.add(new String(Base64.getDecoder().decode(credentials.substring(6)), UTF_8));
      long now = Instant.now().getEpochSecond();
      String claims =
          "{\"sub\":\"orders\",\"scope\":\"kafka\",\"iat\":%d,\"exp\":%d}"
              .formatted(now, now + 300);
      byte[] body =
          "{\"access_token\":\"%s\",\"expires_in\":300}"
              .formatted(key.token(claims))
              .getBytes(UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
