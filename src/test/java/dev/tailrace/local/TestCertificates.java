package dev.tailrace.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A CA that is thrown away, and what it signs; made by the JDK's {@code keytool}. */
public final class TestCertificates {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final Path folder;
  private final String authority;

  /**
   * A certificate with its key, both as PEM.
   *
   * @param chain the certificate
   * @param key not encrypted
   */
  public record Identity(String chain, String key) {}

  /**
   * Makes a CA.
   *
   * @param folder takes its files, with others beside it
   * @param authority its name
   */
  public TestCertificates(Path folder, String authority) {
    this.folder = folder;
    this.authority = authority;
    keyPair(authority, "-ext", "bc:c");
  }

  /** The certificate of the CA, as PEM. */
  public String authority() {
    try {
      return pem("CERTIFICATE", keys(authority).getCertificate(authority).getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * A certificate signed by the CA, for this machine under the names that tests use.
   *
   * @param name its common name
   */
  public Identity issue(String name) {
    keyPair(name);
    Path request = folder.resolve(name + ".csr");
    Path signed = folder.resolve(name + ".pem");
    keytool(name, "-certreq", "-file", request.toString());
    keytool(
        authority,
        "-gencert",
        "-rfc",
        "-validity",
        "2",
        "-infile",
        request.toString(),
        "-outfile",
        signed.toString(),
        "-ext",
        "san=ip:" + LocalProcess.HOST + ",dns:localhost");
    try {
      return new Identity(
          Files.readString(signed),
          pem("PRIVATE KEY", keys(name).getKey(name, PASSWORD).getEncoded()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void keyPair(String name, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("-genkeypair", "-keyalg", "EC", "-validity", "2", "-dname", "CN=" + name));
    arguments.addAll(List.of(more));
    keytool(name, arguments.toArray(String[]::new));
  }

  private Path store(String name) {
    return folder.resolve(name + ".p12");
  }

  private KeyStore keys(String name) throws GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream file = Files.newInputStream(store(name))) {
      keys.load(file, PASSWORD);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return keys;
  }

  private static String pem(String type, byte[] encoded) {
    byte[] newline = {'\n'};
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(type, Base64.getMimeEncoder(64, newline).encodeToString(encoded));
  }

  private void keytool(String name, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("-alias", name, "-keystore", store(name).toString()));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", new String(PASSWORD)));
    try {
      Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
      keytool.getOutputStream().close();
      String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!keytool.waitFor(1, TimeUnit.MINUTES) || keytool.exitValue() != 0) {
        throw new IllegalStateException(command + " fails:\n" + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted within keytool", e);
    }
  }
}
