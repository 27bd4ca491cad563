package dev.tailrace.app;

/** The way of messages from one source through one handler; immutable, made by {@link #named}. */
public final class Pipeline {
  private final String name;

  private Pipeline(String name) {
    this.name = name;
  }

  /** Begins a pipeline. */
  public static Builder named(String name) {
    return new Builder(name);
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Makes a pipeline; not thread-safe. */
  public static final class Builder {
    private final String name;

    private Builder(String name) {
      this.name = name;
    }

    /** The pipeline. */
    public Pipeline build() {
      return new Pipeline(name);
    }
  }
}
