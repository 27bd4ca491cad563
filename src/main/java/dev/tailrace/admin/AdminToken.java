package dev.tailrace.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a POST request has to bear. Immutable; never printed. */
public final class AdminToken {
  private static final int BYTES = 32;
  private static final String BEARER = "Bearer ";

  private final String value;
  private final @Nullable Path file;

  private AdminToken(String value, @Nullable Path file) {
    this.value = value;
    this.file = file;
  }

  /** The token that the configuration names. */
  public static AdminToken of(String value) {
    return new AdminToken(value, null);
  }

  /**
   * A new token, in a file that only its owner can read. A file of that name is replaced: it
   * belongs to an earlier run.
   */
  public static AdminToken create(Path file) throws IOException {
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    String value = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    Path folder = file.toAbsolutePath().getParent();
    // Written under a name that nobody can foresee, since others may write to the same folder.
    Path written = Files.createTempFile(folder, ".tailrace", ".token", ownerOnly());
    try {
      Files.writeString(written, value);
      Files.move(
          written, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      Files.deleteIfExists(written);
      throw failure;
    }
    return new AdminToken(value, file);
  }

  /**
   * Where the token of an instance is kept: in {@code $XDG_RUNTIME_DIR}, else where temporary files
   * are.
   */
  public static Path file(Map<String, String> environment, String name, String instance) {
    String file = "tailrace-" + name + "-" + instance + ".token";
    return folder(environment).resolve(file.replaceAll("[^A-Za-z0-9._-]", "_"));
  }

  /** Where a user's processes keep what only they may read. */
  public static Path folder(Map<String, String> environment) {
    return Path.of(
        Optional.ofNullable(environment.get("XDG_RUNTIME_DIR"))
            .filter(set -> !set.isBlank() && Files.isDirectory(Path.of(set)))
            .orElseGet(() -> System.getProperty("java.io.tmpdir")));
  }

  /** The file that was made, if one was. */
  public Optional<Path> file() {
    return Optional.ofNullable(file);
  }

  /**
   * Whether a request's {@code Authorization} bears it; takes the same time for every wrong one.
   */
  boolean admits(@Nullable String authorization) {
    if (authorization == null
        || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return false;
    }
    String given = authorization.substring(BEARER.length()).trim();
    return MessageDigest.isEqual(given.getBytes(UTF_8), value.getBytes(UTF_8));
  }

  /** Removes the file, where it is still the one that was made. */
  void discard() throws IOException {
    if (file != null && Files.exists(file) && Files.readString(file).equals(value)) {
      Files.delete(file);
    }
  }

  /** Nothing of the token. */
  @Override
  public String toString() {
    return file == null ? "token" : "token in " + file;
  }

  private static FileAttribute<?>[] ownerOnly() {
    if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0]; // elsewhere the temporary folder is the user's own
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };
  }
}
