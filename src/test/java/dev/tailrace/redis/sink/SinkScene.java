package dev.tailrace.redis.sink;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.redis.EventLoop;
import dev.tailrace.redis.RedisProbe;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.sink.Sink;

/** An open sink to a stream of its own on the shared server, with what looks into it. */
final class SinkScene implements AutoCloseable {
  final EventLoop loop = new EventLoop();
  final RedisProbe probe;
  final String stream = Servers.uniqueName("orders:dlq");
  final RedisSinkFactory factory;
  final Sink sink;

  SinkScene() {
    String url = SharedServers.get().redis().url();
    probe = new RedisProbe(loop, url);
    factory = new RedisSinkFactory(RedisConfig.of(url), stream);
    sink = loop.get(() -> factory.sink(loop.loop()));
    loop.await(sink::open);
  }

  @Override
  public void close() {
    loop.await(sink::close);
    probe.close();
    loop.close();
  }
}
