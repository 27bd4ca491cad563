package dev.tailrace.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** Asks once whether a server answers. */
final class Probe {
  private static final int LIMIT_MILLIS = 2_000;

  private Probe() {}

  /** Whether a broker is there and knows itself to be in its cluster. */
  static boolean kafka(String host, int port, Map<String, Object> client) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), LIMIT_MILLIS);
    } catch (IOException e) {
      return false; // asked before an admin client is made, which would log each refusal
    }
    Map<String, Object> settings = new HashMap<>(client);
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, LIMIT_MILLIS);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, LIMIT_MILLIS);
    try (Admin admin = Admin.create(settings)) {
      return !admin.describeCluster().nodes().get().isEmpty();
    } catch (ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Whether a Redis is there and has loaded its data. */
  static boolean redis(String host, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), LIMIT_MILLIS);
      socket.setSoTimeout(LIMIT_MILLIS);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      var reply = new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII);
      return "+PONG".equals(new BufferedReader(reply).readLine()); // while loading: -LOADING
    } catch (IOException e) {
      return false;
    }
  }
}
