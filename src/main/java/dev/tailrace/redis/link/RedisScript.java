package dev.tailrace.redis.link;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A Lua script and its digest. It is sent by digest; a server that does not know it yet is given
 * the text.
 */
public final class RedisScript {
  private final String text;
  private final String digest;

  private RedisScript(String text) {
    this.text = text;
    this.digest = sha1(text);
  }

  /**
   * Reads a script.
   *
   * @param user the class beside which it lies
   * @param names its parts, which follow each other
   * @throws IllegalStateException where one is not in the jar
   */
  public static RedisScript load(Class<?> user, String... names) {
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      text.append(part(user, name));
    }
    return new RedisScript(text.toString());
  }

  private static String part(Class<?> user, String name) {
    try (InputStream in = user.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the script " + name + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the script " + name, e);
    }
  }

  /** Begins a call. */
  public Call call() {
    return new Call(this);
  }

  /** A script with the keys and arguments that it is called with; filled, then sent. */
  public static final class Call {
    private final RedisScript script;
    private final List<byte[]> keys = new ArrayList<>();
    private final List<byte[]> arguments = new ArrayList<>();

    private Call(RedisScript script) {
      this.script = script;
    }

    /** Adds a key that the script touches. */
    public Call key(String key) {
      return key(key.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a key that the script touches. */
    public Call key(byte[] key) {
      keys.add(key);
      return this;
    }

    /** Adds an argument. */
    public Call arg(byte[] argument) {
      arguments.add(argument);
      return this;
    }

    /** Adds text as an argument. */
    public Call arg(String argument) {
      return arg(argument.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a number as an argument. */
    public Call arg(long argument) {
      return arg(Long.toString(argument));
    }

    /** The command for a server that may know the script; one that does not says NOSCRIPT. */
    public Request byDigest() {
      return request(Command.EVALSHA, script.digest);
    }

    /** The command for a server that does not know the script yet. */
    public Request byText() {
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
