package dev.tailrace.config;

import java.util.Comparator;

/**
 * Where a value was written: a position in a file, an environment variable, or a {@code --set}
 * argument. Places sort in the order of precedence, and inside a file by position.
 *
 * @param kind what sort of place it is
 * @param origin the file as the user named it, the variable, or the path given to {@code --set}
 * @param rank the position of the file among the files, 0 for the other kinds
 * @param line line from 1, or 0 where the place has no position
 * @param column column from 1, or 0 where the place has no position
 */
public record Place(Kind kind, String origin, int rank, int line, int column)
    implements Comparable<Place> {

  /** The sorts of places, lowest precedence first. */
  public enum Kind {
    /** Nowhere: the value is a default and no file was given. */
    DEFAULT,
    /** A position in a file. */
    FILE,
    /** An environment variable. */
    ENVIRONMENT,
    /** A {@code --set} argument. */
    SET
  }

  /** The place of what nobody wrote. */
  public static final Place DEFAULTS = new Place(Kind.DEFAULT, "defaults", 0, 0, 0);

  private static final Comparator<Place> ORDER =
      Comparator.comparing(Place::kind)
          .thenComparingInt(Place::rank)
          .thenComparing(Place::origin)
          .thenComparingInt(Place::line)
          .thenComparingInt(Place::column);

  /** A position in the file that is the {@code rank}-th given, from 0; 0:0 is the file itself. */
  public static Place inFile(String file, int rank, int line, int column) {
    return new Place(Kind.FILE, file, rank, line, column);
  }

  /** The environment variable of that name. */
  public static Place ofEnvironment(String variable) {
    return new Place(Kind.ENVIRONMENT, variable, 0, 0, 0);
  }

  /** The {@code --set} argument for that path. */
  public static Place ofSet(String path) {
    return new Place(Kind.SET, path, 0, 0, 0);
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }

  /** {@code FILE:LINE:COL}, the variable's name, or {@code --set path}. */
  @Override
  public String toString() {
    if (kind == Kind.SET) {
      return "--set " + origin;
    }
    return line == 0 ? origin : origin + ":" + line + ":" + column;
  }
}
