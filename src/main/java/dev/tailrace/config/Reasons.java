package dev.tailrace.config;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Says in words why a file cannot be read. */
final class Reasons {

  private Reasons() {}

  static String of(Exception error) {
    if (error instanceof NoSuchFileException) {
      return "no such file";
    }
    if (error instanceof AccessDeniedException) {
      return "permission denied";
    }
    return String.valueOf(error.getMessage());
  }
}
