package dev.tailrace.local;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * What a test awaits without saying how long has a minute, not ten seconds: more on a quick machine
 * costs nothing, and less on a busy one is a test that fails by the machine. Found by its entry in
 * {@code META-INF/services}.
 */
public final class PatienceOfTests implements LauncherSessionListener {
  @Override
  public void launcherSessionOpened(LauncherSession session) {
    Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
  }
}
