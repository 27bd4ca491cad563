package dev.tailrace.config;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * The keys that belong to no source, handler, store or dead letter: the frame into which their
 * owners' fragments are set.
 */
public final class RootSchema {

  static final String NAME = "[a-z0-9-]{1,63}";
  static final String NAME_PHRASE = "a name of 1 to 63 of the characters a-z, 0-9 and -";

  private RootSchema() {}

  /** The root with the sections of other packages, such as {@code kafka}, in their order. */
  static ObjectSchema with(Collection<Fragment> sections) {
    ObjectSchemaBuilder root =
        ObjectSchema.builder()
            .textMatching(
                "name",
                null,
                NAME,
                NAME_PHRASE,
                "The group of instances; names metrics and prefixes keys in Redis")
            .required("name")
            .example("name", "orders-worker")
            .text(
                "instance",
                null,
                "This process: unique while it lives and stable over restarts; unset, HOSTNAME or"
                    + " else the host's name")
            .textList("plugins", List.of("plugins"), "Folders in which users' jars are looked for");
    for (Fragment section : sections) {
      root.object(
          section.type(), section.schema(), "What all pipelines share of " + section.type());
    }
    return root.object("pool", pool(), "Bounds of the process over all its pipelines")
        .object("startup", startup(), "What happens until the pool runs")
        .namedList(
            "pipelines",
            PipelineSchema.create(),
            "The ways of messages from a source through a handler")
        .required("pipelines")
        .object("drain", drain(), "The stop")
        .object("reload", reload(), "Taking over another configuration while the pool runs")
        .object("admin", admin(), "The HTTP server for status and control")
        .object("probes", probes(), "The HTTP server for probes and metrics")
        .object("telemetry", telemetry(), "Logs and traces")
        .object("events", events(), "The event log, from which anyone can check the promises")
        .object("report", report(), "The drain report")
        .object("fleet", fleet(), "The processes of one name, seen together")
        .object("audit", audit(), "The trail of stops, and of ends without one")
        .build();
  }

  private static ObjectSchema pool() {
    return ObjectSchema.builder()
        .integer(
            "concurrency",
            null,
            1,
            1_000_000,
            "Messages executing at once in this process; unset, the sum of the pipelines'")
        .object(
            "buffer",
            ObjectSchema.builder()
                .integer(
                    "messages",
                    null,
                    1,
                    100_000_000,
                    "Messages buffered in this process; unset, the sum of the pipelines'")
                .size(
                    "bytes",
                    null,
                    1 << 10,
                    1L << 40,
                    "Bytes buffered in this process; unset, the sum of the pipelines'")
                .build(),
            "What this process holds before it executes")
        .build();
  }

  private static ObjectSchema startup() {
    return ObjectSchema.builder()
        .duration(
            "deadline",
            Duration.ofSeconds(60),
            "With broker or store away that long at the start the process ends with exit code 5;"
                + " 0s waits for ever")
        .build();
  }

  private static ObjectSchema drain() {
    return ObjectSchema.builder()
        .duration(
            "deadline",
            Duration.ofSeconds(25),
            Duration.ofMillis(500),
            Duration.ofDays(1),
            "How long the whole stop may take, all phases together")
        .choice(
            "strategy",
            "bounded",
            List.of("bounded", "cooperative", "immediate"),
            "bounded: buffered work starts until soft; cooperative: as long as it is predicted to"
                + " end before the tail; immediate: none starts and running work is cancelled")
        .durationOrAuto(
            "soft",
            "Until when buffered work starts; auto: deadline less tail less the longest timeout, at"
                + " least 20 % of the deadline")
        .durationOrAuto(
            "tail",
            "What is kept for settling; auto: the greater of 3s and 20 % of the deadline, at most"
                + " half of it")
        .textMatching(
            "notify",
            null,
            "https?://\\S+",
            "an address that begins with http:// or https://",
            "An address to which the report is posted as JSON before the process ends, at most 3 s"
                + " and within the deadline; unset, none")
        .secret("notify")
        .object("triggers", triggers(), "What begins a stop apart from signals and requests")
        .build();
  }

  private static ObjectSchema triggers() {
    return ObjectSchema.builder()
        .integer(
            "health-failures",
            0,
            0,
            1_000,
            "So many seconds in a row an event loop did not answer: exit code 6; 0 is never."
                + " Brokers and stores are never asked")
        .percent(
            "heap", 0, "So much of the heap is in use after a collection: exit code 6; 0% is never")
        .duration(
            "max-uptime",
            Duration.ZERO,
            "The process has run so long: exit code 6, so that a supervisor starts it afresh; 0s is"
                + " never")
        .integer(
            "max-messages",
            0,
            0,
            Integer.MAX_VALUE,
            "At least so many messages have finished: exit code 0, for jobs; 0 is never")
        .bool(
            "fleet",
            true,
            "Whether orders to its fleet are obeyed: fleet drain, pause, resume and roll")
        .build();
  }

  private static ObjectSchema reload() {
    return ObjectSchema.builder()
        .duration(
            "watch",
            Duration.ZERO,
            "How often the configuration's files are looked at, to be reloaded when what is in them"
                + " has changed; 0s is never")
        .build();
  }

  private static ObjectSchema admin() {
    return ObjectSchema.builder()
        .text(
            "host",
            "127.0.0.1",
            "The address it listens on; any but loopback needs tls and a token")
        .integer("port", 9465, 0, 65_535, "Its port; 0 takes a free one and prints it")
        .text(
            "token",
            "auto",
            "What POST requests must bear; auto: a new one in a file that only its owner can read."
                + " With a host other than loopback, at least "
                + AdminRules.LEAST_TOKEN
                + " characters")
        .secret("token")
        .object(
            "tls",
            PemTls.schema(
                "The CA that signs clients' certificates, as PEM: nobody gets in without one",
                "The server's certificate, as PEM, with those between it and its CA"),
            "TLS for it; a reload takes over what is in renewed files")
        .build();
  }

  private static ObjectSchema probes() {
    return ObjectSchema.builder()
        .text("host", "127.0.0.1", "The address it listens on")
        .integer("port", 9464, 0, 65_535, "Its port; 0 takes a free one and prints it")
        .build();
  }

  private static ObjectSchema telemetry() {
    ObjectSchema logs =
        ObjectSchema.builder()
            .choice(
                "format",
                "auto",
                List.of("auto", "text", "json"),
                "How log lines look; auto: text on a terminal, else JSON")
            .choice(
                "level",
                "info",
                List.of("trace", "debug", "info", "warn", "error"),
                "The least severe lines that are written")
            .build();
    ObjectSchema otel =
        ObjectSchema.builder()
            .choice(
                "tracing",
                "auto",
                List.of("auto", "on", "off"),
                "Traces by the OTEL_* variables; auto: where OTEL_EXPORTER_OTLP_ENDPOINT,"
                    + " OTEL_EXPORTER_OTLP_TRACES_ENDPOINT or OTEL_TRACES_EXPORTER names a way for"
                    + " them")
            .textMatching(
                "endpoint",
                null,
                "https?://\\S+",
                "an address that begins with http:// or https://",
                "A receiver of OTLP over HTTP in JSON, which gets the last log, metrics and trace"
                    + " of each drain; unset, none")
            .text(
                "spool",
                "auto",
                "The folder that keeps what was not acknowledged, for the next start; auto:"
                    + " $XDG_RUNTIME_DIR or else where temporary files are")
            .build();
    return ObjectSchema.builder()
        .object("logs", logs, "Log lines on standard error")
        .object("otel", otel, "OpenTelemetry")
        .build();
  }

  private static ObjectSchema events() {
    return ObjectSchema.builder()
        .text("file", null, "The file to which events are appended as JSON lines; unset, no log")
        .choice(
            "keys",
            "hash",
            List.of("hash", "plain", "none"),
            "How the keys of messages appear in it")
        .size("rotate", 256L << 20, 1L << 20, 1L << 40, "The size at which a new file is begun")
        .build();
  }

  private static ObjectSchema fleet() {
    return ObjectSchema.builder()
        .choice(
            "registry",
            "none",
            List.of("none", "redis"),
            "Where each process says every 5 s how it stands; redis: in the server of the section"
                + " redis. Away, it keeps nobody from starting, working or stopping")
        .build();
  }

  private static ObjectSchema audit() {
    return ObjectSchema.builder()
        .text(
            "file",
            null,
            "The file to which the begin and the end of each stop are appended as JSON lines;"
                + " unset, none")
        .build();
  }

  private static ObjectSchema report() {
    return ObjectSchema.builder()
        .text("file", null, "The file that the report is written to; unset, none")
        .text(
            "termination-log",
            "auto",
            "Where one short line goes for Kubernetes; auto: /dev/termination-log where it exists,"
                + " none: nowhere")
        .build();
  }
}
