package dev.tailrace.verify;

import dev.tailrace.observe.EventReader;
import dev.tailrace.observe.EventRecord;
import dev.tailrace.verify.Findings.Found;
import dev.tailrace.verify.Findings.Line;
import dev.tailrace.verify.Findings.Plot;
import dev.tailrace.verify.Verdict.CounterExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Reads the logs a second time, for the events of the counter-examples. */
final class Stories {
  private final Map<Guarantee, Telling> tellings = new EnumMap<>(Guarantee.class);

  /** The beginning and the end of one story, while it is read. */
  private static final class Telling {
    private static final int HALF = CounterExample.LONGEST_STORY / 2;

    private final Found found;
    private final List<String> first = new ArrayList<>();
    private final ArrayDeque<String> last = new ArrayDeque<>();

    Telling(Found found) {
      this.found = found;
    }

    void hear(EventRecord event) {
      Plot plot = found.plot();
      boolean ofMessage =
          event.msg() != null
              && plot.pipeline().equals(event.pipeline())
              && plot.messages().contains(event.msg());
      if (!ofMessage && !plot.events().contains(new Line(event.inc(), event.seq()))) {
        return;
      }
      if (first.size() < HALF) {
        first.add(print(event));
        return;
      }
      if (last.size() == HALF) {
        last.remove();
      }
      last.add(print(event));
    }

    CounterExample told() {
      List<String> story = new ArrayList<>(first);
      story.addAll(last);
      return new CounterExample(found.sentence(), story);
    }
  }

  private Stories() {}

  /** One counter-example per broken promise. */
  static Map<Guarantee, CounterExample> tell(Map<Guarantee, Found> broken, List<Path> logs)
      throws IOException {
    Stories stories = new Stories();
    broken.forEach((guarantee, found) -> stories.tellings.put(guarantee, new Telling(found)));
    if (!broken.isEmpty()) {
      for (Path log : logs) {
        EventReader.read(log, event -> stories.tellings.values().forEach(one -> one.hear(event)));
      }
    }
    Map<Guarantee, CounterExample> told = new EnumMap<>(Guarantee.class);
    stories.tellings.forEach((guarantee, telling) -> told.put(guarantee, telling.told()));
    return told;
  }

  private static String print(EventRecord event) {
    StringBuilder line = new StringBuilder();
    line.append(event.proc()).append('/').append(event.inc());
    line.append(" #").append(event.seq()).append(' ').append(event.ev().label());
    if (event.msg() != null) {
      line.append(' ').append(event.msg());
    } else if (event.source() != null) {
      line.append(' ').append(event.source());
      line.append(event.pos() == null ? "" : " at " + event.pos());
    }
    line.append(event.epoch() == 0 ? "" : " epoch " + event.epoch());
    line.append(event.attempt() == 0 ? "" : " attempt " + event.attempt());
    line.append(event.key() == null ? "" : " key " + event.key());
    line.append(event.outcome() == null ? "" : " " + event.outcome());
    line.append(event.detail() == null ? "" : ": " + event.detail());
    return line.toString();
  }
}
