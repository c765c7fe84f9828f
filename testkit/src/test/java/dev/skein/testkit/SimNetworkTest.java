package dev.skein.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.testkit.relay.Hostility;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SimNetworkTest {
  private static final SocketAddress ALICE = InetSocketAddress.createUnresolved("alice", 1);
  private static final SocketAddress BOB = InetSocketAddress.createUnresolved("bob", 2);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final VirtualClock clock = new VirtualClock();
  private final List<Byte> arrived = new ArrayList<>();
  private final List<Long> arrivedAt = new ArrayList<>();

  private SimNetwork network(Hostility hostility) {
    SimNetwork network = new SimNetwork(clock, hostility);
    network.open(
        BOB,
        (datagram, from) -> {
          arrived.add(datagram[0]);
          arrivedAt.add(clock.nanoTime());
        });
    network.open(ALICE, (datagram, from) -> arrived.add((byte) -1));
    return network;
  }

  private void sendHundred(SimNetwork network) {
    for (int i = 0; i < 100; i++) {
      network.send(ALICE, BOB, new byte[] {(byte) i}, 0, 1);
    }
    clock.runFor(SECOND);
  }

  @Test
  void aKindNetworkDeliversEverythingInOrderAfterItsDelay() {
    sendHundred(network(new Hostility(0, 0, 0, 0, 25, 0, 1)));

    assertThat(arrived).hasSize(100).isSorted();
    assertThat(arrivedAt).containsOnly(TimeUnit.MILLISECONDS.toNanos(25));
  }

  @Test
  void lossTakesAboutItsShareAndDuplicationAddsIts() {
    sendHundred(network(new Hostility(30, 0, 0, 0, 1, 0, 7)));
    assertThat(arrived).hasSizeBetween(55, 85);

    arrived.clear();
    sendHundred(network(new Hostility(0, 30, 0, 0, 1, 0, 7)));
    assertThat(arrived).hasSizeBetween(115, 145);
  }

  @Test
  void jitterLetsDatagramsOvertakeEachOther() {
    sendHundred(network(new Hostility(0, 0, 0, 0, 20, 15, 7)));

    assertThat(arrived).hasSize(100);
    assertThat(arrived).isNotEqualTo(arrived.stream().sorted().toList());
  }

  @Test
  void theSameSeedGivesTheSameRunAndAnotherSeedAnother() {
    sendHundred(network(new Hostility(30, 5, 5, 5, 20, 15, 7)));
    List<Byte> first = List.copyOf(arrived);
    arrived.clear();
    sendHundred(network(new Hostility(30, 5, 5, 5, 20, 15, 7)));
    assertThat(arrived).isEqualTo(first);

    arrived.clear();
    sendHundred(network(new Hostility(30, 5, 5, 5, 20, 15, 8)));
    assertThat(arrived).isNotEqualTo(first);
  }

  @Test
  void aCutGoesOneWayAndAPartitionBothUntilHealed() {
    SimNetwork network = network(Hostility.NONE);
    network.cut(ALICE, BOB);
    network.send(ALICE, BOB, new byte[] {1}, 0, 1);
    network.send(BOB, ALICE, new byte[] {1}, 0, 1);
    clock.runFor(SECOND);
    assertThat(arrived).containsExactly((byte) -1);

    network.partition(ALICE, BOB);
    network.send(BOB, ALICE, new byte[] {1}, 0, 1);
    clock.runFor(SECOND);
    assertThat(arrived).hasSize(1);

    network.heal();
    network.send(ALICE, BOB, new byte[] {1}, 0, 1);
    clock.runFor(SECOND);
    assertThat(arrived).hasSize(2);
  }

  @Test
  void aDatagramOverTheMtuVanishesAndOneOfTheMtuDoesNot() {
    SimNetwork network = network(Hostility.NONE);
    network.mtuBytes(1200);
    network.send(ALICE, BOB, new byte[1200], 0, 1200);
    network.send(ALICE, BOB, new byte[1201], 0, 1201);
    clock.runFor(SECOND);

    assertThat(arrived).hasSize(1);
  }

  @Test
  void everyDirectionCanBeTreatedOnItsOwn() {
    SimNetwork network = network(Hostility.NONE);
    network.treat(ALICE, BOB, new Hostility(100, 0, 0, 0, 0, 0, 1));
    network.send(ALICE, BOB, new byte[] {1}, 0, 1);
    network.send(BOB, ALICE, new byte[] {1}, 0, 1);
    clock.runFor(SECOND);

    assertThat(arrived).containsExactly((byte) -1);
  }
}
