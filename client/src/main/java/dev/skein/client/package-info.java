/**
 * The Java client: {@link dev.skein.client.Client} connects a user over UDP, TCP or WebSocket,
 * sends commands and receives pushes, and keeps the session through lost connections. Plain JDK
 * channels; one {@link dev.skein.client.ClientLoop} thread serves any number of clients.
 */
@NullMarked
package dev.skein.client;

import org.jspecify.annotations.NullMarked;
