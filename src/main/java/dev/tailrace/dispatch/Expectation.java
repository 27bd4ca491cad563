package dev.tailrace.dispatch;

import java.time.Duration;

/**
 * What stops expect of messages that start. Event loop only.
 *
 * @param holdings whose pace it is
 * @param timeout what is expected of a message before the first has ended
 * @param pump starts what may start
 */
record Expectation(Holdings holdings, Duration timeout, Runnable pump) implements Stops.Starts {
  @Override
  public void freed() {
    pump.run();
  }

  @Override
  public Duration longest() {
    return holdings.pace.longest().orElse(timeout);
  }
}
