package dev.tailrace.redis.link;

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
            run_id:d1c8f2

            # Memory
            maxmemory_policy:noeviction
            aof_enabled:0

            # Replication
            role:master
            connected_slaves:2
            min_slaves_good_slaves:1
            db0:keys=1,expires=0
            """
                .replace("\n", "\r\n"));

    assertThat(info.evictionPolicy()).isEqualTo("noeviction");
    assertThat(info.lacksAppendOnlyFile()).isTrue();
    assertThat(info.runId()).isEqualTo("d1c8f2");
    assertThat(info.role()).isEqualTo("master");
    assertThat(info.waitsForReplicas()).isTrue();
    assertThat(info.durability())
        .isEqualTo("no append-only file, 2 replicas, a least number of which it needs to write");
  }

  @Test
  void whatIsNotSaidIsUnknown() {
    ServerInfo info = ServerInfo.parse("");

    assertThat(info.evictionPolicy()).isEmpty();
    assertThat(info.lacksAppendOnlyFile()).isFalse();
    assertThat(info.waitsForReplicas()).isFalse();
    assertThat(info.durability()).contains("does not say", "unknown number of replicas");
  }
}
