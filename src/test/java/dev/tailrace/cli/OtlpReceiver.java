package dev.tailrace.cli;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes traces as OTLP over HTTP in protobuf, and reads of them what tests ask; thread-safe. */
final class OtlpReceiver {
  private static final int BYTES = 2;

  private final List<Span> spans = new CopyOnWriteArrayList<>();
  private final List<MultiMap> headers = new CopyOnWriteArrayList<>();

  /** A span that has arrived; ids in hex, the parent empty for none. */
  record Span(String trace, String id, String parent, String name) {}

  List<Span> spans() {
    return List.copyOf(spans);
  }

  List<MultiMap> headers() {
    return List.copyOf(headers);
  }

  /** Begins to listen; completes with the port. */
  Future<Integer> listen(Vertx vertx, int port) {
    return vertx
        .createHttpServer()
        .requestHandler(
            request ->
                request
                    .body()
                    .onSuccess(
                        body -> {
                          if (request.path().equals("/v1/traces")) {
                            headers.add(request.headers());
                            read(body);
                          }
                          request.response().end();
                        }))
        .listen(port, "127.0.0.1")
        .map(server -> server.actualPort());
  }

  private void read(Buffer request) {
    for (Buffer resource : fields(request).getOrDefault(1, List.of())) {
      for (Buffer scope : fields(resource).getOrDefault(2, List.of())) {
        fields(scope).getOrDefault(2, List.of()).forEach(span -> spans.add(span(span)));
      }
    }
  }

  private static Span span(Buffer written) {
    Map<Integer, List<Buffer>> fields = fields(written);
    return new Span(
        hex(fields, 1),
        hex(fields, 2),
        hex(fields, 4),
        first(fields, 5).toString(StandardCharsets.UTF_8));
  }

  private static String hex(Map<Integer, List<Buffer>> fields, int number) {
    return HexFormat.of().formatHex(first(fields, number).getBytes());
  }

  private static Buffer first(Map<Integer, List<Buffer>> fields, int number) {
    return fields.getOrDefault(number, List.of(Buffer.buffer())).get(0);
  }

  /** The fields of a message that have a length, by their numbers; the others are passed over. */
  private static Map<Integer, List<Buffer>> fields(Buffer message) {
    Map<Integer, List<Buffer>> fields = new TreeMap<>();
    int[] at = {0};
    while (at[0] < message.length()) {
      long tag = varint(message, at);
      switch ((int) (tag & 7)) {
        case 0 -> varint(message, at);
        case 1 -> at[0] += 8;
        case BYTES -> {
          int length = (int) varint(message, at);
          fields
              .computeIfAbsent((int) (tag >>> 3), first -> new ArrayList<>())
              .add(message.getBuffer(at[0], at[0] + length));
          at[0] += length;
        }
        default -> at[0] += 4;
      }
    }
    return fields;
  }

  private static long varint(Buffer from, int[] at) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = from.getByte(at[0]++);
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
