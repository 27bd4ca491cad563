package dev.tailrace.redis;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A Lua script and its digest. It is sent by digest; a server that does not know it yet is given
 * the text.
 */
final class RedisScript {
  private final String text;
  private final String digest;

  private RedisScript(String text) {
    this.text = text;
    this.digest = sha1(text);
  }

  /** Reads a script that lies beside this class. */
  static RedisScript load(String name) {
    try (InputStream in = RedisScript.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the script " + name + " is not in the jar");
      }
      return new RedisScript(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the script " + name, e);
    }
  }

  /** A call of the script with keys and arguments. */
  Call call(List<byte[]> keys, List<byte[]> arguments) {
    return new Call(this, keys, arguments);
  }

  /**
   * A script with what it is called with.
   *
   * @param keys the keys that it touches
   * @param arguments what else it needs
   */
  record Call(RedisScript script, List<byte[]> keys, List<byte[]> arguments) {
    Request byDigest() {
      return request(Command.EVALSHA, script.digest);
    }

    Request byText() {
      return request(Command.EVAL, script.text);
    }

    private Request request(Command command, String which) {
      Request request = Request.cmd(command).arg(which).arg(keys.size());
      keys.forEach(request::arg);
      arguments.forEach(request::arg);
      return request;
    }
  }

  private static String sha1(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-1", e);
    }
  }
}
