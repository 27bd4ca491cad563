package dev.tailrace.app;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/** A Vert.x on which nothing is ever deployed to its end. */
final class SilentVertx {
  private SilentVertx() {}

  /** Counts what it is asked to deploy; whatever else it is asked, it refuses. */
  static Vertx counting(AtomicInteger deployments) {
    return (Vertx)
        Proxy.newProxyInstance(
            Vertx.class.getClassLoader(),
            new Class<?>[] {Vertx.class},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "equals":
                  return proxy == arguments[0];
                case "hashCode":
                  return 1;
                case "deployVerticle":
                  deployments.incrementAndGet();
                  return Promise.promise().future();
                default:
                  throw new UnsupportedOperationException(method.getName());
              }
            });
  }
}
