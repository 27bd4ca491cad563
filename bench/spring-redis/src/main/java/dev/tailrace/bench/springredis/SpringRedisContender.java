package dev.tailrace.bench.springredis;

import dev.tailrace.bench.frame.Contender;
import dev.tailrace.bench.frame.Setting;
import dev.tailrace.bench.frame.Work;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.stream.Consumer;
import org.springframework.data.redis.connection.stream.MapRecord;
import org.springframework.data.redis.connection.stream.ReadOffset;
import org.springframework.data.redis.connection.stream.StreamOffset;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.data.redis.stream.StreamMessageListenerContainer;
import org.springframework.data.redis.stream.StreamMessageListenerContainer.StreamMessageListenerContainerOptions;

/**
 * A listener container as its documentation makes one; the listener acknowledges each entry, which
 * waits for the answer.
 */
public final class SpringRedisContender implements Contender {
  private static final int READ = 500;
  private static final Duration POLL = Duration.ofMillis(500);

  private @Nullable StreamMessageListenerContainer<String, ?> container; // main thread only
  private @Nullable LettuceConnectionFactory connections; // main thread only

  @Override
  public void start(Setting setting, Work work) {
    URI server = URI.create(setting.get("redis"));
    LettuceConnectionFactory factory =
        new LettuceConnectionFactory(
            new RedisStandaloneConfiguration(server.getHost(), server.getPort()));
    factory.afterPropertiesSet();
    factory.start();
    connections = factory;
    StringRedisTemplate template = new StringRedisTemplate(factory);
    String stream = setting.get("stream");
    String group = setting.get("group");
    template.opsForStream().createGroup(stream, ReadOffset.from("0"), group);
    var options =
        StreamMessageListenerContainerOptions.builder()
            .batchSize(READ)
            .pollTimeout(POLL)
            .serializer(RedisSerializer.byteArray())
            .keySerializer(RedisSerializer.string())
            .build();
    var made = StreamMessageListenerContainer.create(factory, options);
    var unused =
        made.receive(
            Consumer.from(group, "spring"),
            StreamOffset.create(stream, ReadOffset.lastConsumed()),
            record -> {
              handle((MapRecord<?, ?, ?>) record, work);
              template.opsForStream().acknowledge(group, record);
            });
    made.start();
    container = made;
  }

  private static void handle(MapRecord<?, ?, ?> entry, Work work) {
    if (work.isWatching()) {
      byte[] body = new byte[0];
      for (Map.Entry<?, ?> field : entry.getValue().entrySet()) {
        body = (byte[]) Objects.requireNonNull(field.getValue()); // the value is the last of them
      }
      work.look(ByteBuffer.wrap(body));
    }
    work.done();
  }

  @Override
  public void stop() {
    Objects.requireNonNull(container).stop();
    Objects.requireNonNull(connections).destroy();
  }
}
