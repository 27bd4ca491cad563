package dev.tailrace.app;

import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.PoolEvents;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Drains the pool when a handler is stuck in a pipeline whose {@code on-stuck} is {@code exit}.
 *
 * @param pipelines those of now, by name
 * @param drain begins the drain, or joins it
 */
record StuckExit(Supplier<Map<String, Pipeline>> pipelines, Consumer<Trigger> drain)
    implements PoolEvents {
  @Override
  public void alarm(String pipeline, String source, Alarm kind, String detail) {
    Pipeline stuck = pipelines.get().get(pipeline);
    if (kind == Alarm.STUCK && stuck != null && stuck.exitOnStuck()) {
      drain.accept(new Trigger(Trigger.Kind.STUCK, detail));
    }
  }
}
