package dev.tailrace.smallworld;

/** A situation that worlds must come into somewhere, or their silence says nothing. */
enum Sighting {
  /** A claim was answered as busy. */
  KEY_BUSY,
  /** A claim was answered as done. */
  KEY_DONE,
  /** An unknown claim was sent again and had been won before. */
  CLAIM_SENT_AGAIN,
  /** A mark was written. */
  MARKED,
  /** An unknown mark was sent again and had been written before. */
  MARK_SENT_AGAIN,
  /** A mark arrived after its sender had died. */
  MARK_OF_THE_DEAD,
  /** A mark changed nothing, since its claim had passed on. */
  MARK_CAME_TOO_LATE,
  /** A commit of an older generation was refused. */
  COMMIT_OF_A_ZOMBIE,
  /** A second effect in window W1. */
  WORKER_DIED,
  /** A second effect in window W2. */
  CLAIM_PASSED_ON,
  /** A second effect without a store, of what did not end in order. */
  REPEATED,
  /** A message was known as finished from the commit metadata. */
  KNOWN_FROM_METADATA,
  /** A handler still ran when its partition had to go. */
  OVERRAN
}
