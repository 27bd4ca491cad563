package dev.tailrace.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminTokenTest {
  @TempDir Path folder;

  @Test
  void aNewTokenIsInAFileThatOnlyItsOwnerReads() throws IOException {
    Path file = folder.resolve("a.token");

    AdminToken token = AdminToken.create(file);

    assertThat(Files.getPosixFilePermissions(file))
        .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    assertThat(token.admits("Bearer " + Files.readString(file))).isTrue();
    assertThat(token.toString()).doesNotContain(Files.readString(file));
    assertThat(folder.toFile().list()).containsExactly("a.token");
  }

  @Test
  void eachRunHasAnotherToken() throws IOException {
    Path file = folder.resolve("a.token");
    AdminToken.create(file);
    String first = Files.readString(file);

    AdminToken second = AdminToken.create(file);

    assertThat(second.admits("Bearer " + first)).isFalse();
  }

  @Test
  void onlyTheWholeTokenIsAdmitted() {
    AdminToken token = AdminToken.of("s3cret");

    assertThat(token.admits("bearer s3cret")).isTrue();
    assertThat(token.admits(null)).isFalse();
    assertThat(token.admits("")).isFalse();
    assertThat(token.admits("s3cret")).isFalse();
    assertThat(token.admits("Bearer ")).isFalse();
    assertThat(token.admits("Bearer s3cre")).isFalse();
    assertThat(token.admits("Basic s3cret")).isFalse();
  }

  @Test
  void aTokenThatAnotherRunHasReplacedIsLeftAlone() throws IOException {
    Path file = folder.resolve("a.token");
    AdminToken first = AdminToken.create(file);
    AdminToken second = AdminToken.create(file);

    first.discard();
    assertThat(file).exists();

    second.discard();
    assertThat(file).doesNotExist();
  }

  @Test
  void anInstanceNameIsNoPath() {
    Path file =
        AdminToken.file(Map.of("XDG_RUNTIME_DIR", folder.toString()), "orders", "../../etc/x");

    assertThat(file.getParent()).isEqualTo(folder);
    assertThat(file.getFileName()).hasToString("tailrace-orders-.._.._etc_x.token");
  }
}
