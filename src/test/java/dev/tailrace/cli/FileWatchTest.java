package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file has changed when what is in it has. */
class FileWatchTest {
  @TempDir Path folder;

  @Test
  void contentCountsAlsoBehindALinkAndInAFileThatCame() throws IOException {
    Path one = Files.writeString(folder.resolve("one.yaml"), "a: 1");
    Path other = Files.writeString(folder.resolve("other.yaml"), "a: 2");
    Path link = Files.createSymbolicLink(folder.resolve("link.yaml"), one);
    Path later = folder.resolve("later.yaml");
    FileWatch watch = new FileWatch(List.of(link, later));

    Files.writeString(one, "a: 1");
    assertThat(watch.changed()).as("written, and the same").isFalse();
    Path turned = Files.createSymbolicLink(folder.resolve("turned"), other);
    Files.move(turned, link, StandardCopyOption.REPLACE_EXISTING);
    assertThat(watch.changed()).as("the link was turned").isTrue();
    assertThat(watch.changed()).isFalse();
    Files.writeString(later, "");
    assertThat(watch.changed()).as("it came").isTrue();
    Files.delete(later);
    assertThat(watch.changed()).as("it went").isTrue();
  }
}
