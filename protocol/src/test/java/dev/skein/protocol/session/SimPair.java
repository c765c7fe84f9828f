package dev.skein.protocol.session;

import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.SessionSecrets;
import dev.skein.testkit.SimNetwork;
import dev.skein.testkit.VirtualClock;
import dev.skein.testkit.relay.Hostility;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** A client and a server, connected over a simulated network. */
final class SimPair {
  static final SocketAddress SERVER = InetSocketAddress.createUnresolved("server", 7100);
  static final SocketAddress CLIENT = InetSocketAddress.createUnresolved("client", 1);
  static final SocketAddress CLIENT_MOVED = InetSocketAddress.createUnresolved("client", 2);
  static final Hostility KIND_25_MILLIS = new Hostility(0, 0, 0, 0, 25, 0, 1);

  final VirtualClock clock = new VirtualClock(1_000_000_000_000L);
  final SimNetwork network;
  final SimEndpoint client;
  final SimEndpoint server;

  SimPair(SessionConfig config, Hostility hostility) {
    network = new SimNetwork(clock, hostility);
    server = new SimEndpoint(Role.SERVER, secrets(), config, SERVER, CLIENT, clock, network);
    client = new SimEndpoint(Role.CLIENT, secrets(), config, CLIENT, SERVER, clock, network);
  }

  static SessionSecrets secrets() {
    return new SessionSecrets(CipherSuite.AES_128_GCM, filled(1), filled(2), filled(3));
  }

  private static byte[] filled(int value) {
    byte[] secret = new byte[32];
    Arrays.fill(secret, (byte) value);
    return secret;
  }

  void runMillis(long millis) {
    clock.runFor(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
