package dev.tailrace.redis.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.redis.StreamFixture;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.UnfitException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/**
 * What a user of streams needs, and that it is told at the start what it lacks. The lists of rights
 * are those of docs/redis.md.
 */
public class StreamRightsIT extends StreamFixture {
  public static final String ALWAYS =
      "+ping +time +eval +evalsha +get +set +del +pexpire +xgroup +xreadgroup +xack +xclaim"
          + " +xpending +xinfo +xrange";
  public static final String STREAMS = "+xautoclaim";
  private static final String TRIMMING = "+xtrim";
  private static final String SHARDS = "+exists +xread +zadd +zrem +zrange +zremrangebyscore";
  private static final String PASSWORD = "secret";

  private final Jedis admin = new Jedis(URI.create(url));
  private final List<String> users = new ArrayList<>();

  @AfterEach
  void removeUsers() {
    users.forEach(admin::aclDelUser);
    admin.close();
  }

  @Test
  void aStreamNeedsNoMoreThanItsRights() {
    RedisSourceConfig allowed =
        config(user(ALWAYS, STREAMS, TRIMMING), null)
            .withClaimIdle(SOON)
            .withTrim(RedisSourceConfig.Trim.ACKNOWLEDGED);
    probe.addMany(stream, 20);
    StreamConsumer dead = StreamConsumer.withoutStore(loop, allowed, "a");
    eventually().until(() -> dead.bodies().size() == 20);
    dead.die();
    StreamConsumer heir = StreamConsumer.withoutStore(loop, allowed, "b");
    eventually().until(() -> heir.bodies().size() == 20);
    pass(SOON.multipliedBy(2)); // it is renewed
    assertThat(heir.stolen()).isEmpty();
    worksAndLeaves(heir);

    StreamConsumer last = StreamConsumer.withoutStore(loop, allowed, "c");
    eventually().until(() -> last.bodies().size() == 19);
    last.each(Delivery::settle);
    eventually().until(() -> probe.consumers(stream, "workers").equals(List.of("c")));
    last.drain();
    assertThat(probe.pending(stream, "workers")).isEmpty();
    assertThat(probe.consumers(stream, "workers")).isEmpty();
  }

  @Test
  void aShardNeedsNoMoreThanItsRights() {
    Shards shards = new Shards(stream, 1);
    RedisSourceConfig allowed = config(user(ALWAYS, SHARDS), shards);
    probe.addMany(stream + ":0", 20);
    StreamConsumer dead = StreamConsumer.withoutStore(loop, allowed, "a");
    eventually().until(() -> dead.bodies().size() == 20);
    dead.die();
    StreamConsumer heir = StreamConsumer.withoutStore(loop, allowed, "b");
    eventually().until(() -> heir.bodies().size() == 20);
    worksAndLeaves(heir);

    StreamConsumer last = StreamConsumer.withoutStore(loop, allowed, "c");
    eventually().until(() -> last.bodies().size() == 19);
    last.each(Delivery::settle);
    last.drain();
    assertThat(probe.pending(stream + ":0", "workers")).isEmpty();
    assertThat(probe.consumers(stream + ":0", "workers")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"xautoclaim", "xack", "xclaim", "xpending", "eval", "set", "pexpire"})
  void whatIsMissingIsNamedAtTheStart(String command) {
    RedisSourceConfig lacking = config(user(ALWAYS, STREAMS, "-" + command), null);

    assertThatThrownBy(() -> StreamConsumer.holding(loop, lacking, "a"))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining("NOPERM")
        .hasMessageContaining("'" + command + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"exists", "xread", "zadd", "zremrangebyscore"})
  void whatIsMissingForShardsIsNamedAtTheStart(String command) {
    RedisSourceConfig lacking = config(user(ALWAYS, SHARDS, "-" + command), new Shards(stream, 2));

    assertThatThrownBy(() -> StreamConsumer.holding(loop, lacking, "a"))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining("NOPERM")
        .hasMessageContaining("'" + command + "'");
  }

  @Test
  void whatTrimmingNeedsIsAskedForOnlyWhereStreamsAreTrimmed() {
    RedisSourceConfig without = config(user(ALWAYS, STREAMS), null);
    StreamConsumer.holding(loop, without, "a").drain();

    RedisSourceConfig trimmed = without.withTrim(RedisSourceConfig.Trim.ACKNOWLEDGED);
    assertThatThrownBy(() -> StreamConsumer.holding(loop, trimmed, "a"))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining("'xtrim'");
  }

  @Test
  void aStreamThatMayNotBeTrimmedAnyMoreSaysSoAndIsReadOn() {
    RedisSourceConfig trimmed =
        config(user(ALWAYS, STREAMS, TRIMMING), null).withTrim(RedisSourceConfig.Trim.ACKNOWLEDGED);
    String user = users.get(0);
    StreamConsumer consumer = StreamConsumer.finishing(loop, trimmed, "a");
    assertThat(consumer.status().error()).isNull();

    admin.aclSetUser(user, "-xtrim");
    eventually()
        .until(
            () -> String.valueOf(consumer.status().error()).contains(stream + " is not trimmed"));
    probe.add(stream, "x");
    eventually().until(() -> consumer.bodies().equals(List.of("x")));

    admin.aclSetUser(user, "+xtrim");
    eventually().until(() -> consumer.status().error() == null);
    consumer.drain();
  }

  @Test
  void keysThatTheUserMayNotTouchAreNamedAsSuch() {
    String user = user(ALWAYS, STREAMS, "resetkeys", "~other*");

    assertThatThrownBy(() -> StreamConsumer.holding(loop, config(user, null), "a"))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining("NOPERM");
  }

  /** One is finished, one is counted and rests, all else goes back. */
  private void worksAndLeaves(StreamConsumer consumer) {
    List<Delivery> held = consumer.accepted();
    loop.run(held.get(0)::settle);
    assertThat(loop.await(held.get(1)::countStart)).isTrue();
    assertThat(consumer.drain().flushed()).isEqualTo(19);
  }

  /** A user of the server with these rights and no others. */
  private String user(String... rights) {
    String name = "user-" + users.size() + "-" + stream;
    users.add(name);
    Stream<String> keys = Stream.of("~" + stream + "*", "~tailrace:{" + stream + "*");
    Stream<String> granted = Stream.of(rights).flatMap(each -> Stream.of(each.split(" ")));
    Stream<String> base = Stream.of("on", ">" + PASSWORD, "resetkeys", "-@all");
    admin.aclSetUser(
        name, Stream.of(base, keys, granted).flatMap(each -> each).toArray(String[]::new));
    return url.replace("redis://", "redis://" + name + ":" + PASSWORD + "@");
  }

  private RedisSourceConfig config(String address, @Nullable Shards shards) {
    return shards == null
        ? RedisSourceConfig.of(address, "workers", stream)
        : RedisSourceConfig.of(address, "workers", shards);
  }
}
