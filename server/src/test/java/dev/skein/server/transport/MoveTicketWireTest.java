package dev.skein.server.transport;

import static dev.skein.server.transport.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.crypto.Tickets;
import dev.skein.protocol.session.SessionState;
import dev.skein.server.Role;
import dev.skein.server.Shard;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who comes with a ticket of a session that moves: let in if it is expected, and only then. */
class MoveTicketWireTest {
  private static final TransportConfig TWO_SHARDS = TransportConfig.DEFAULTS.withShards(2);
  private static final byte[] SID = new byte[16];
  private static final SessionState NOTHING =
      new SessionState(
          new SessionState.Sending(new long[0], new long[0], 0, 0, List.of()),
          new SessionState.Receiving(new long[0], new long[0], 0, List.of()));

  /** What the layer above hears of an expected session. */
  private static final class Heard implements ConnectionEvents.Events {
    final List<String> told = new CopyOnWriteArrayList<>();

    @Override
    public void onMessage(Channel channel, byte[] buffer, int offset, int length) {
      told.add(new String(buffer, offset, length, StandardCharsets.UTF_8));
    }

    @Override
    public void onTooMany(Channel channel, byte[] buffer, int offset, int length) {}

    @Override
    public void onKeepAlive() {}

    @Override
    public void onDetached() {}

    @Override
    public void onResumed() {}

    @Override
    public void onClosed(CloseReason reason) {
      told.add("closed " + reason.code());
    }
  }

  private static RawStreamClient client(EchoNode node, Tickets.Issued ticket) {
    return new RawStreamClient(() -> RecordPipe.tcp(node.address(Role.TCP)), ticket);
  }

  private static ExpectedConnection expect(
      EchoNode node, Shard shard, Tickets.Issued ticket, Role role, Heard heard) {
    CompletableFuture<Optional<ExpectedConnection>> place = new CompletableFuture<>();
    shard.execute(() -> {
      Optional<ExpectedConnection> expected =
          node.transport.expect(shard, ticket.ticket(), role, NOTHING, 0);
      expected.ifPresent(each -> {
        each.watch(heard, arrived -> heard.told.add("arrived"));
        byte[] early = "early".getBytes(StandardCharsets.UTF_8);
        each.send(Channel.ordered(0), 0, early, 0, early.length);
      });
      place.complete(expected);
    });
    return place.join().orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(
      value = Role.class,
      names = {"UDP", "TCP"})
  void nobodyIsLetInWhoIsNotExpected(Role role) throws Exception {
    try (EchoNode node = new EchoNode(TWO_SHARDS, role)) {
      Tickets.Issued ticket = node.moveTicket("ann", SID);
      if (role == Role.UDP) {
        try (RawUdpClient client = new RawUdpClient(node.address(role), ticket)) {
          await().until(() -> client.pump() != null && node.dropped(DropReason.REFUSED) > 0);
        }
      } else {
        try (RawStreamClient client = client(node, ticket)) {
          await().until(() -> client.pump() != null && node.dropped(DropReason.REFUSED) > 0);
        }
      }
      assertThat(node.told).isEmpty();
      assertThat(node.transport.connectionCount()).isZero();
    }
  }

  @Test
  void aTicketOfTheSameSidMadeForAnotherMoveDoesNotHelp() throws IOException {
    try (EchoNode node = new EchoNode(TWO_SHARDS, Role.TCP, Role.UDP)) {
      Heard heard = new Heard();
      Tickets.Issued good = node.moveTicket("ann", SID);
      Shard shard = node.transport.shards().getLast();
      expect(node, shard, good, Role.TCP, heard);
      try (RawStreamClient stale = client(node, node.moveTicket("ann", SID))) {
        await().until(() -> stale.pump() != null && node.dropped(DropReason.REFUSED) == 1);
      }
      assertThat(heard.told).isEmpty();
      try (RawStreamClient client = client(node, good)) {
        await().until(() -> client.pump().received.contains("early"));
        client.send(Channel.ordered(0), "hello");
        await().until(() -> client.pump() != null && heard.told.contains("hello"));
        assertThat(heard.told).containsExactly("arrived", "hello");
        try (RawStreamClient again = client(node, good)) {
          await().until(() -> again.pump() != null && node.dropped(DropReason.TICKET_REUSED) == 1);
        }
      }
      assertThat(node.transport.counters().arrivals()).isOne();
    }
  }

  @Test
  void aTicketForAnotherTransportLetsNobodyInAndIsSpent() throws IOException {
    try (EchoNode node = new EchoNode(TWO_SHARDS, Role.TCP, Role.UDP)) {
      Heard heard = new Heard();
      Tickets.Issued ticket = node.moveTicket("ann", SID);
      ExpectedConnection expected =
          expect(node, node.transport.shards().getFirst(), ticket, Role.UDP, heard);
      try (RawStreamClient client = client(node, ticket)) {
        await().until(() -> client.pump() != null && node.dropped(DropReason.REFUSED) == 1);
      }
      assertThat(node.transport.connectionCount()).isZero();
      assertThat(expected.isOpen()).isTrue();
    }
  }

  @Test
  void anExpectedSessionCanBeEndedBeforeItComes() throws IOException {
    try (EchoNode node = new EchoNode(TWO_SHARDS, Role.TCP)) {
      Heard heard = new Heard();
      ExpectedConnection expected =
          expect(
              node,
              node.transport.shards().getFirst(),
              node.moveTicket("ann", SID),
              Role.TCP,
              heard);
      expected.shard().execute(() -> expected.close(1014, "enough"));
      await().until(() -> heard.told.contains("closed 1014"));
      assertThat(expected.isOpen()).isFalse();
    }
  }
}
