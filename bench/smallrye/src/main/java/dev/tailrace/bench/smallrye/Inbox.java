package dev.tailrace.bench.smallrye;

import io.smallrye.mutiny.Multi;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jspecify.annotations.Nullable;

/** Is given the channel by the container. */
@ApplicationScoped
public class Inbox {
  @Inject
  @Channel(SmallRyeContender.CHANNEL)
  @Nullable Multi<Message<byte[]>> messages; // set by the container

  /** Made by the container. */
  public Inbox() {}

  /** What arrives. */
  public Multi<Message<byte[]>> messages() {
    return messages == null ? Multi.createFrom().empty() : messages;
  }
}
