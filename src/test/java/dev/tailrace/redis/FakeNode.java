package dev.tailrace.redis;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A server that speaks as one of a Redis cluster does: it says who has which slots, and answers
 * scripts as a test has it. Belongs to the loop it was made on.
 */
public final class FakeNode {
  private final NetServer server;
  private final List<List<String>> scripts = new ArrayList<>(); // event loop only
  private Function<List<String>, String> answers = words -> ":1"; // event loop only
  private String slots = "*0"; // event loop only
  private boolean asking; // event loop only
  private int port; // event loop only

  private FakeNode(NetServer server) {
    this.server = server;
  }

  /** One that listens. */
  public static FakeNode start(EventLoop loop) {
    FakeNode node = loop.get(() -> new FakeNode(loop.vertx().createNetServer()));
    node.port =
        loop.await(
            () ->
                node.server
                    .connectHandler(node::serve)
                    .listen(0, "127.0.0.1")
                    .map(NetServer::actualPort));
    return node;
  }

  public int port() {
    return port;
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** What it answers to scripts, in RESP without the last end of line; their words are given. */
  public void answering(Function<List<String>, String> with) {
    answers = with;
  }

  /** What it says of slots: rows of first, last, port. */
  public void knows(int[]... rows) {
    StringBuilder text = new StringBuilder("*" + rows.length);
    for (int[] row : rows) {
      text.append(
          "\r\n*3\r\n:%d\r\n:%d\r\n*2\r\n$9\r\n127.0.0.1\r\n:%d".formatted(row[0], row[1], row[2]));
    }
    slots = text.toString();
  }

  /** The scripts that it was asked for: EVALSHA or EVAL, keys, and what they asked first. */
  public List<List<String>> scripts() {
    return scripts;
  }

  private void serve(NetSocket socket) {
    Commands commands = new Commands();
    socket.handler(
        bytes -> commands.add(bytes).forEach(words -> socket.write(answer(words) + "\r\n")));
  }

  private String answer(List<String> words) {
    boolean asked = asking;
    asking = false;
    switch (words.get(0).toUpperCase(Locale.ROOT)) {
      case "HELLO":
        return "-ERR unknown command 'HELLO'";
      case "PING":
        return "+PONG";
      case "INFO":
        return bulk("redis_version:7.0.0\r\nrun_id:fake-" + port + "\r\ncluster_enabled:1\r\n");
      case "CLUSTER":
        return slots;
      case "ASKING":
        asking = true;
        return "+OK";
      case "EVAL", "EVALSHA":
        List<String> script = new ArrayList<>();
        script.add((asked ? "ASKING " : "") + words.get(0).toUpperCase(Locale.ROOT));
        script.addAll(words.subList(3, 3 + Integer.parseInt(words.get(2))));
        scripts.add(script);
        return answers.apply(script);
      default:
        return "-ERR unknown command '" + words.get(0) + "'";
    }
  }

  private static String bulk(String text) {
    return "$" + text.length() + "\r\n" + text;
  }

  /** Commands out of a stream of bytes: arrays of strings. */
  private static final class Commands {
    private Buffer rest = Buffer.buffer();

    List<List<String>> add(Buffer bytes) {
      rest.appendBuffer(bytes);
      List<List<String>> commands = new ArrayList<>();
      Cursor cursor = new Cursor(rest.toString("ISO-8859-1"));
      int done = 0;
      for (List<String> next = cursor.command(); next != null; next = cursor.command()) {
        commands.add(next);
        done = cursor.at;
      }
      rest = rest.getBuffer(done, rest.length());
      return commands;
    }
  }

  private static final class Cursor {
    private final String text;
    private int at;

    Cursor(String text) {
      this.text = text;
    }

    @Nullable List<String> command() {
      int count = number();
      List<String> words = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int length = number();
        if (length < 0 || at + length + 2 > text.length()) {
          return null;
        }
        words.add(text.substring(at, at + length));
        at += length + 2;
      }
      return count < 0 ? null : words;
    }

    /** That of the next line, behind its sign; -1 where it is not there yet. */
    private int number() {
      int end = text.indexOf("\r\n", at);
      if (end < 0) {
        return -1;
      }
      int number = Integer.parseInt(text.substring(at + 1, end));
      at = end + 2;
      return number;
    }
  }
}
