package dev.tailrace.bench.lettuce;

import dev.tailrace.bench.frame.Contender;
import dev.tailrace.bench.frame.Setting;
import dev.tailrace.bench.frame.Work;
import io.lettuce.core.Consumer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A loop that reads as many entries as it may work on, and acknowledges, in one command that it
 * does not wait for, what is finished by then. Work that takes its time is a timer's.
 */
public final class LettuceContender implements Contender {
  private static final int READ = 500;
  private static final Duration BLOCK = Duration.ofMillis(500);

  private final Thread thread = new Thread(this::run, "lettuce");
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final ConcurrentLinkedQueue<String> finished = new ConcurrentLinkedQueue<>();
  private Setting setting = new Setting(Map.of()); // written before the thread starts
  private Work work; // written before the thread starts
  private Semaphore room = new Semaphore(0); // written before the thread starts
  private volatile boolean stopping;

  @Override
  public void start(Setting given, Work todo) {
    setting = given;
    work = todo;
    room = new Semaphore(given.workMillis() == 0 ? READ : given.concurrency());
    thread.start();
  }

  @SuppressWarnings("unchecked") // an array of offsets, of which there is one
  private void run() {
    String stream = setting.get("stream");
    String group = setting.get("group");
    RedisCodec<String, byte[]> codec = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);
    RedisClient client = RedisClient.create(setting.get("redis"));
    try (StatefulRedisConnection<String, byte[]> reading = client.connect(codec);
        StatefulRedisConnection<String, byte[]> acknowledging = client.connect(codec)) {
      reading.sync().xgroupCreate(StreamOffset.from(stream, "0"), group);
      while (!stopping) {
        room.acquireUninterruptibly();
        int count = 1 + Math.min(READ - 1, room.drainPermits());
        XReadArgs much = XReadArgs.Builder.count(count).block(BLOCK);
        List<StreamMessage<String, byte[]>> entries =
            reading
                .sync()
                .xreadgroup(
                    Consumer.from(group, "lettuce"), much, StreamOffset.lastConsumed(stream));
        room.release(count - entries.size());
        entries.forEach(this::handle);
        acknowledge(acknowledging, stream, group);
      }
      room.acquireUninterruptibly(
          setting.workMillis() == 0 ? READ : setting.concurrency()); // all is finished
      acknowledge(acknowledging, stream, group);
      acknowledging.sync().ping(); // answered after all of them
    }
    client.shutdown();
  }

  private void handle(StreamMessage<String, byte[]> entry) {
    if (work.isWatching()) {
      work.look(ByteBuffer.wrap(entry.getBody().get("value")));
    }
    if (setting.workMillis() == 0) {
      finish(entry);
    } else {
      var unused =
          timers.schedule(() -> finish(entry), setting.workMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void finish(StreamMessage<String, byte[]> entry) {
    work.done();
    finished.add(entry.getId());
    room.release();
  }

  private void acknowledge(
      StatefulRedisConnection<String, byte[]> over, String stream, String group) {
    List<String> ids = new ArrayList<>();
    for (String id = finished.poll(); id != null; id = finished.poll()) {
      ids.add(id);
    }
    if (!ids.isEmpty()) {
      var unused = over.async().xack(stream, group, ids.toArray(new String[0]));
    }
  }

  @Override
  public void stop() throws InterruptedException {
    stopping = true;
    thread.join();
    timers.shutdown();
  }
}
