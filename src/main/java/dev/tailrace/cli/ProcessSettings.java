package dev.tailrace.cli;

import dev.tailrace.admin.AdminToken;
import dev.tailrace.admin.ListenAddress;
import dev.tailrace.app.PoolIdentity;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.EffectiveConfig;
import dev.tailrace.observe.EventKeys;
import dev.tailrace.observe.EventLogConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the process around a pool is configured to be.
 *
 * @param config all that applies
 * @param identity who it is
 * @param probes where probes listen
 * @param admin where control listens
 * @param events the event log, or null
 * @param report where the drain report goes
 * @param records what else is written down of a stop
 */
record ProcessSettings(
    EffectiveConfig config,
    PoolIdentity identity,
    ListenAddress probes,
    ListenAddress admin,
    @Nullable EventLogConfig events,
    ReportFiles report,
    StopRecords.Settings records) {

  /**
   * Reads them.
   *
   * @param events the file given on the command line, or null
   * @param report likewise
   */
  static ProcessSettings read(
      EffectiveConfig config, @Nullable Path events, @Nullable Path report) {
    ConfigSection root = config.root();
    PoolIdentity identity =
        PoolIdentity.of(
            root.text("name"),
            root.optionalText("instance").orElseGet(PoolIdentity::defaultInstance));
    ConfigSection log = root.section("events");
    Optional<Path> eventFile = Optional.ofNullable(events).or(() -> path(log));
    ConfigSection reports = root.section("report");
    return new ProcessSettings(
        config,
        identity,
        ListenAddress.probes(root),
        ListenAddress.admin(root),
        eventFile
            .map(
                file ->
                    new EventLogConfig(file, EventKeys.of(log.text("keys")), log.size("rotate")))
            .orElse(null),
        ReportFiles.of(
            Optional.ofNullable(report).or(() -> path(reports)).orElse(null),
            reports.text("termination-log")),
        StopRecords.Settings.read(root, AdminToken.folder(System.getenv())));
  }

  /** The token that the configuration names, or a new one in its file. */
  AdminToken token(Map<String, String> environment) {
    String configured = config.root().section("admin").text("token");
    if (!configured.equals("auto")) {
      return AdminToken.of(configured);
    }
    Path file = AdminToken.file(environment, identity.name(), identity.instance());
    try {
      return AdminToken.create(file);
    } catch (IOException failure) {
      throw new CommandException(
          ExitCode.FAILURE, "admin.token: cannot write " + file + ": " + failure, failure);
    }
  }

  /** The traces of this process, or null where there are none. */
  @Nullable Tracing tracing(Map<String, String> environment) {
    ConfigSection otel = config.root().section("telemetry").section("otel");
    Tracing.Mode mode = otel.choice("tracing", Tracing.Mode.class);
    return mode.applies(environment) ? Tracing.open(identity, records.spool()) : null;
  }

  private static Optional<Path> path(ConfigSection section) {
    return section.optionalText("file").map(Path::of);
  }
}
