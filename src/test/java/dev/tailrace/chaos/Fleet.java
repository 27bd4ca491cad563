package dev.tailrace.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The processes of a round. Thread-safe. */
final class Fleet implements AutoCloseable {
  private final Plan plan;
  private final Fates fates;
  private final WorkerJvm jvm;
  private final WorkerConfig config;
  private final Path folder;
  private final List<Seat> seats = new CopyOnWriteArrayList<>();
  private final List<Life> ended = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final AtomicInteger births = new AtomicInteger();
  private final AtomicInteger numbers = new AtomicInteger();

  Fleet(Plan plan, Fates fates, WorkerJvm jvm, WorkerConfig config, Path folder) {
    this.plan = plan;
    this.fates = fates;
    this.jvm = jvm;
    this.config = config;
    this.folder = folder;
  }

  /** Starts the processes of the plan; does not wait for them. */
  void open() {
    for (int i = 0; i < plan.processes(); i++) {
      join();
    }
  }

  /** One process more, from now on. */
  Seat join() {
    Seat seat = new Seat(numbers.getAndIncrement(), this);
    seats.add(seat);
    seat.open();
    return seat;
  }

  /** The seats now; those that were left are among them. */
  List<Seat> seats() {
    return List.copyOf(seats);
  }

  /** Nothing more is done to the processes; who dies yet is replaced. */
  void settle() {
    seats.forEach(Seat::settle);
  }

  /** Stops all processes, and waits for their ends. */
  void leave() throws InterruptedException {
    seats.forEach(Seat::leave);
    for (Seat seat : seats) {
      seat.awaitEmpty(Plan.DRAIN_DEADLINE.plusSeconds(60));
    }
  }

  /** Those that are over, in the order of their ends. */
  List<Life> lives() {
    return List.copyOf(ended);
  }

  /** What went wrong with the harness itself, or with processes that ended uncalled. */
  List<Throwable> failures() {
    return List.copyOf(failures);
  }

  Duration freeze() {
    return plan.freeze();
  }

  Life bear(Seat seat, boolean settling) throws IOException {
    Fate fate = settling ? Fate.LIVES : fates.next();
    String name = "life-%03d".formatted(births.incrementAndGet());
    String instance = plan.members().stableNames() ? "seat-" + seat.number() : name;
    Path file = folder.resolve(name + ".yaml");
    Files.writeString(
        file, config.text(instance, seat.number(), folder.resolve(name + ".effects")));
    List<String> options = new ArrayList<>();
    if (fate.failPoint() != null) {
      options.add("-Dtailrace.failpoint=" + fate.failPoint());
    }
    List<String> arguments =
        List.of(
            "run",
            "-c",
            file.toString(),
            "--events",
            folder.resolve(name + ".jsonl").toString(),
            "--report",
            folder.resolve(name + ".report.json").toString());
    Process process = jvm.start(folder.resolve(name + ".log"), options, arguments);
    return new Life(name, folder, fate, process);
  }

  void ended(Seat seat, Life life, Life.Ending ending) {
    ended.add(life);
    fates.fulfilled(life.fate(), life.fulfilled());
    if (ending == Life.Ending.UNCALLED) {
      failed(
          new AssertionError(
              "seat %d: %s; see %s".formatted(seat.number(), life.describe(), life.log())));
    }
  }

  void failed(Throwable failure) {
    failures.add(failure);
  }

  /** Whatever failed, no process stays behind. */
  @Override
  public void close() {
    for (Seat seat : seats) {
      seat.leave();
      Life life = seat.life();
      if (life != null) {
        life.process().destroyForcibly();
      }
    }
  }
}
