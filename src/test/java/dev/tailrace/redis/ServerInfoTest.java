package dev.tailrace.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What servers say of themselves is read, in whatever they say besides. */
class ServerInfoTest {
  @Test
  void valuesAreFoundAmongSections() {
    ServerInfo info =
        ServerInfo.parse(
            """
            # Server
            redis_version:7.2.4

            # Memory
            maxmemory_policy:noeviction
            aof_enabled:0
            db0:keys=1,expires=0
            """
                .replace("\n", "\r\n"));

    assertThat(info.evictionPolicy()).isEqualTo("noeviction");
    assertThat(info.lacksAppendOnlyFile()).isTrue();
  }

  @Test
  void whatIsNotSaidIsUnknown() {
    ServerInfo info = ServerInfo.parse("");

    assertThat(info.evictionPolicy()).isEmpty();
    assertThat(info.lacksAppendOnlyFile()).isFalse();
  }
}
