package dev.tailrace.cli;

import dev.tailrace.admin.AdminToken;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Talks to the admin server of a running pool. Every failure is a {@link CommandException}: 5 where
 * nobody answers or the token is refused, 1 where the pool says no.
 */
final class AdminClient {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final URI url;
  private final @Nullable Path tokenFile;
  private final HttpClient http;

  /**
   * For the pool at {@code url}.
   *
   * @param tokenFile null where the token is looked for on this host
   * @param tls for an address of {@code https://}
   */
  AdminClient(URI url, @Nullable Path tokenFile, ClientTls tls) {
    if (url.getHost() == null || url.getScheme() == null || !url.getScheme().startsWith("http")) {
      throw new CommandException(
          ExitCode.USAGE, "--url: '" + url + "' is not like http://127.0.0.1:9465");
    }
    this.url = url;
    this.tokenFile = tokenFile;
    HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(CONNECT);
    tls.apply(url, client);
    this.http = client.build();
  }

  /**
   * An answer that is no error.
   *
   * @param status of HTTP
   * @param body what it says
   */
  record Answer(int status, JsonObject body) {}

  /** Reads. */
  Answer get(String path) {
    return send(HttpRequest.newBuilder(url.resolve(path)).GET().timeout(ANSWER));
  }

  /** Orders, with the token. */
  Answer post(String path) {
    return post(path, ANSWER);
  }

  /** Orders, and waits longer for the answer. */
  Answer post(String path, Duration longest) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url.resolve(path))
            .POST(HttpRequest.BodyPublishers.noBody())
            .timeout(longest);
    token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    return send(request);
  }

  private Optional<String> token() {
    Path file = tokenFile;
    if (file == null) {
      JsonObject status = get("/status").body();
      file =
          AdminToken.file(
              System.getenv(), status.getString("name", ""), status.getString("instance", ""));
      if (!Files.isReadable(file)) {
        return Optional.empty(); // the refusal says what is missing
      }
    }
    return Optional.of(content("token-file", file).trim());
  }

  /** What is in a file that an option names. */
  static String content(String option, Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      throw new CommandException(
          ExitCode.FAILURE,
          "--" + option + ": cannot read " + file + ": " + unreadable,
          unreadable);
    }
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      var response = http.send(request.build(), BodyHandlers.ofString());
      JsonObject body = json(response.body());
      if (response.statusCode() < 400) {
        return new Answer(response.statusCode(), body);
      }
      int exitCode =
          response.statusCode() == 401 || response.statusCode() == 503
              ? ExitCode.UNREACHABLE
              : ExitCode.FAILURE;
      throw new CommandException(
          exitCode, url + ": " + body.getString("detail", "HTTP " + response.statusCode()));
    } catch (IOException failure) {
      throw new CommandException(ExitCode.UNREACHABLE, AdminSilence.told(url, failure), failure);
    } catch (InterruptedException urged) {
      Thread.currentThread().interrupt();
      throw new CommandException(ExitCode.FAILURE, "interrupted", urged);
    }
  }

  private JsonObject json(String body) {
    try {
      return new JsonObject(body);
    } catch (DecodeException foreign) {
      throw new CommandException(
          ExitCode.UNREACHABLE, url + " answers, but is no admin server of Tailrace", foreign);
    }
  }
}
