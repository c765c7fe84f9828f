/**
 * Relays that stand between real clients and a real server and treat their traffic badly, on
 * purpose and repeatably: {@link dev.skein.testkit.relay.HostileUdpRelay} for datagrams, {@link
 * dev.skein.testkit.relay.HostileTcpRelay} for streams.
 */
@NullMarked
package dev.skein.testkit.relay;

import org.jspecify.annotations.NullMarked;
