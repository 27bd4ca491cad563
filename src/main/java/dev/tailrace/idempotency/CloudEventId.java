package dev.tailrace.idempotency;

import dev.tailrace.message.Headers;
import dev.tailrace.message.JsonScalar;
import dev.tailrace.message.Message;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a CloudEvent: its source and its id, which together are unique. Read from the
 * headers of the binary mode ({@code ce_id}, as Kafka spells it, or {@code ce-id}), or from the
 * payload of the structured mode ({@code application/cloudevents+json}).
 */
final class CloudEventId {
  private static final JsonScalar ID = JsonScalar.at("/id");
  private static final JsonScalar SOURCE = JsonScalar.at("/source");
  private static final String STRUCTURED = "application/cloudevents+json";

  private CloudEventId() {}

  /** Source and id with a space between, which no source contains; null where there is no id. */
  static @Nullable String of(Message message) {
    Headers headers = message.headers();
    String type = headers.text("content-type");
    boolean structured = type != null && type.toLowerCase(Locale.ROOT).startsWith(STRUCTURED);
    String id = structured ? KeyRule.read(message, ID) : attribute(headers, "id");
    String source = structured ? KeyRule.read(message, SOURCE) : attribute(headers, "source");
    if (id == null || id.isEmpty()) {
      return null;
    }
    return structured ? KeyRule.plain(joined(source, id)) : joined(source, id);
  }

  private static @Nullable String attribute(Headers headers, String name) {
    String kafka = KeyRule.text(headers.get("ce_" + name));
    return kafka != null ? kafka : KeyRule.text(headers.get("ce-" + name));
  }

  private static String joined(@Nullable String source, String id) {
    return source == null ? id : source + " " + id;
  }
}
