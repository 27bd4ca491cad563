package dev.tailrace.local;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Stands between clients and a server, and lets the way between them fail: connections end and are
 * refused, requests take their time, replies are lost after the server has done what was asked.
 * Thread-safe.
 */
public final class TcpProxy implements Closeable {
  private static final String HOST = "127.0.0.1";

  private final ServerSocket clients;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger repliesToLose = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private volatile InetSocketAddress server; // by the test
  private volatile boolean away; // by the test
  private volatile Duration delay = Duration.ZERO; // by the test
  private final Set<Socket> losing = ConcurrentHashMap.newKeySet(); // the next reply of these
  private final AtomicReference<@Nullable String> unanswered = new AtomicReference<>();

  /** Stands before a server; the way is free at first. */
  public TcpProxy(String url) {
    this.server = address(url);
    try {
      this.clients = new ServerSocket(0, 50, InetAddress.getByName(HOST));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon("accepts", this::accept);
  }

  private static InetSocketAddress address(String url) {
    URI to = URI.create(url);
    return new InetSocketAddress(to.getHost(), to.getPort());
  }

  /** New connections lead to another server from now on. */
  public void leadTo(String url) {
    server = address(url);
  }

  /** Where clients connect, as {@code redis://host:port}. */
  public String url() {
    return "redis://" + HOST + ":" + clients.getLocalPort();
  }

  /** Connections end, and new ones end at once, until {@link #back}. */
  public void goAway() {
    away = true;
    open.forEach(TcpProxy::end);
  }

  /** The way is free again. */
  public void back() {
    away = false;
  }

  /** Each command of RESP takes so much longer, one after the other on its connection. */
  public void slow(Duration each) {
    delay = each;
  }

  /** The next replies get lost, and their connections with them; the requests arrive. */
  public void loseReplies(int replies) {
    repliesToLose.set(replies);
  }

  /** As {@link #loseReplies}, of the next command of RESP with this name, on its connection. */
  public void loseReplyTo(String command) {
    unanswered.set(command);
  }

  /** How many replies got lost. */
  public int lost() {
    return lost.get();
  }

  @Override
  public void close() {
    away = true;
    try {
      clients.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.forEach(TcpProxy::end);
  }

  private void accept() {
    while (!clients.isClosed()) {
      try {
        Socket client = clients.accept();
        Socket upstream = new Socket();
        open.add(client);
        open.add(upstream);
        if (away) {
          end(client);
          continue;
        }
        upstream.connect(server);
        client.setTcpNoDelay(true);
        upstream.setTcpNoDelay(true);
        daemon("requests", () -> requests(client, upstream));
        daemon("replies", () -> replies(upstream, client));
      } catch (IOException refused) { // by the server; or this is closed
        open.removeIf(Socket::isClosed);
      }
    }
  }

  private void requests(Socket from, Socket to) {
    pass(
        from,
        to,
        (bytes, length) -> {
          long until = System.nanoTime() + delay.toNanos() * commands(bytes, length);
          while (System.nanoTime() - until < 0) {
            LockSupport.parkNanos(until - System.nanoTime());
          }
          if (isUnanswered(new String(bytes, 0, length, ISO_8859_1))) {
            losing.add(to);
          }
          return true;
        });
  }

  private boolean isUnanswered(String requests) {
    String command = unanswered.get();
    return command != null
        && requests.toUpperCase(Locale.ROOT).contains("\r\n" + command + "\r\n")
        && unanswered.compareAndSet(command, null);
  }

  /** Arrays that begin here; each command is one. */
  private static int commands(byte[] bytes, int length) {
    int commands = 0;
    for (int i = 0; i < length; i++) {
      commands += bytes[i] == '*' && (i == 0 || bytes[i - 1] == '\n') ? 1 : 0;
    }
    return commands;
  }

  private void replies(Socket from, Socket to) {
    pass(
        from,
        to,
        (bytes, length) -> {
          boolean passes =
              !losing.remove(from)
                  && repliesToLose.getAndUpdate(left -> Math.max(0, left - 1)) == 0;
          if (!passes) {
            lost.incrementAndGet();
          }
          return passes;
        });
  }

  /** What stands between a read and its write. */
  private interface Gate {
    /** Whether it passes; the connection ends where it does not. */
    boolean passes(byte[] bytes, int length);
  }

  private void pass(Socket from, Socket to, Gate gate) {
    byte[] bytes = new byte[64 * 1024];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(bytes);
          read >= 0 && gate.passes(bytes, read);
          read = in.read(bytes)) {
        out.write(bytes, 0, read);
      }
    } catch (IOException ended) { // by either side, or by the test: that is what it is for
      open.remove(from);
    }
    open.remove(from);
    open.remove(to);
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void daemon(String what, Runnable work) {
    Thread thread = new Thread(work, "proxy " + what);
    thread.setDaemon(true);
    thread.start();
  }
}
