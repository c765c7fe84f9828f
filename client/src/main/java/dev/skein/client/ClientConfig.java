package dev.skein.client;

import dev.skein.protocol.session.SessionConfig;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a {@link ClientBuilder} has gathered; see there. */
record ClientConfig(
    EntryAddresses entries,
    String uid,
    Supplier<String> bearer,
    Transport transport,
    String type,
    boolean tls,
    SessionConfig session,
    ReconnectPolicy reconnect,
    Duration connectTimeout,
    Duration callTimeout,
    int callsPendingMax,
    @Nullable Executor callbacks,
    ClientLoop loop) {}
