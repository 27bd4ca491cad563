package dev.tailrace.sink;

import dev.tailrace.sink.ReplayReport.Counts;
import java.util.ArrayList;
import java.util.List;

/** What becomes of the letters of a replay, each counted once. Belongs to its loop. */
final class ReplayTally {
  /** Letters that the report names. */
  private static final int MOST_NAMED = 10;

  private final List<String> named = new ArrayList<>(); // event loop only
  private long looked; // event loop only
  private long passed; // event loop only
  private long homeless; // event loop only
  private long refused; // event loop only
  private long replayed; // event loop only
  private int underWay; // event loop only; sent, and not kept in the bookmark yet

  void looked() {
    looked++;
  }

  void passed() {
    passed++;
  }

  void homeless(DeadLetter letter) {
    homeless++;
    name(letter, "says no origin; --to says where it goes");
  }

  void refused(DeadLetter letter, MessageRefusedException by) {
    refused++;
    name(letter, String.valueOf(by.getMessage()));
  }

  void replayed(int letters) {
    replayed += letters;
  }

  void underWay(int letters) {
    underWay = letters;
  }

  private void name(DeadLetter letter, String what) {
    if (named.size() < MOST_NAMED) {
      named.add(letter.position() + ": " + what);
    }
  }

  long lookedAt() {
    return looked;
  }

  long replayed() {
    return replayed;
  }

  List<String> named() {
    return List.copyOf(named);
  }

  Counts counts() {
    return new Counts(replayed, underWay, refused, homeless, passed);
  }
}
