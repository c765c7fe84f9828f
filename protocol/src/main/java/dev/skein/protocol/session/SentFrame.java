package dev.skein.protocol.session;

import org.jspecify.annotations.Nullable;

/** A reliable frame that a packet in flight carries; the next one in the same packet, if any. */
record SentFrame(Outgoing message, int fragment, @Nullable SentFrame next) {}
